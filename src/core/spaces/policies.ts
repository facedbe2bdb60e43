import type { SpacesSettings, VoSettings } from './settings.ts'

/** Policies that follow from a spaces configuration. Written on each start; changes by hand do not last. */
export const personPolicy = ({ name }: SpacesSettings) => `spaces-${name}`
export const readersPolicy = ({ name }: SpacesSettings, vo: VoSettings) => `spaces-${name}-${vo.name}-read`
export const writersPolicy = ({ name }: SpacesSettings, vo: VoSettings) => `spaces-${name}-${vo.name}-write`

/**
 * What everybody who logs in may do: everything in their own space, and find their way to it. The folders
 * above are granted through a `+`, so that their listings show only what one may reach.
 */
export function personRules({ mount }: SpacesSettings, authAccessor: string): string {
  return `# Made from the spaces configuration.
path "${mount}/users/{{identity.entity.aliases.${authAccessor}.name}}/*" {
  capabilities = ["create", "read", "update", "delete", "list"]
}
path "${mount}/+" { capabilities = ["list"] }
path "+" { capabilities = ["list"] }
path "auth/token/create" { capabilities = ["create", "update"] }
`
}

export function readersRules({ mount }: SpacesSettings, vo: VoSettings): string {
  return `# Made from the spaces configuration.
path "${mount}/vos/${vo.name}/*" { capabilities = ["read", "list"] }
`
}

export function writersRules({ mount }: SpacesSettings, vo: VoSettings): string {
  return `# Made from the spaces configuration.
path "${mount}/vos/${vo.name}/*" { capabilities = ["create", "read", "update", "delete", "list"] }
`
}
