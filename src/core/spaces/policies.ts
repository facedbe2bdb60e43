import { usualFolder } from '../../backend/spaces/space.ts'
import type { SpacesSettings, VoSettings } from './settings.ts'

type Named = { readonly name: string }

/**
 * Policies that follow from a spaces configuration, in lower case as all policies. Written on each start;
 * changes by hand do not last.
 */
export const personPolicy = ({ name }: Named) => `spaces-${name}`.toLowerCase()
export const readersPolicy = ({ name }: Named, vo: Named) => `spaces-${name}-${vo.name}-read`.toLowerCase()
export const writersPolicy = ({ name }: Named, vo: Named) => `spaces-${name}-${vo.name}-write`.toLowerCase()

/** All policies of one block. */
export const policyNames = (block: Named & { readonly vos: readonly Named[] }): string[] => [
  personPolicy(block),
  ...block.vos.flatMap((vo) => [readersPolicy(block, vo), writersPolicy(block, vo)]),
]

/**
 * What everybody who logs in may do: everything in their own space, find their way to it, and read what
 * happened to it. The folders above are granted through a `+`, so that their listings show only what one may
 * reach.
 */
export function personRules(
  { mount, peopleFolder = usualFolder }: SpacesSettings,
  authAccessor: string,
): string {
  return `# Made from the spaces configuration.
path "${mount}/${peopleFolder}/{{identity.entity.aliases.${authAccessor}.name}}/*" {
  capabilities = ["create", "read", "update", "delete", "list", "scan"]
}
path "${mount}/+" { capabilities = ["list"] }
path "+" { capabilities = ["list"] }
path "auth/token/create" { capabilities = ["create", "update"] }
path "sys/spaces/events" { capabilities = ["list"] }
path "sys/spaces/events/*" { capabilities = ["read", "list"] }
`
}

export function readersRules({ mount }: SpacesSettings, vo: VoSettings): string {
  return `# Made from the spaces configuration.
path "${mount}/vos/${vo.name}/*" { capabilities = ["read", "list", "scan"] }
`
}

export function writersRules({ mount }: SpacesSettings, vo: VoSettings): string {
  return `# Made from the spaces configuration.
path "${mount}/vos/${vo.name}/*" { capabilities = ["create", "read", "update", "delete", "list", "scan"] }
`
}
