import { usualFolder } from '../../backend/spaces/space.ts'
import { policyNames } from './policies.ts'

/** What several blocks of the spaces configuration must agree on. */
export type Block = {
  readonly name: string
  readonly issuer: string
  readonly mount: string
  readonly peopleFolder?: string
  readonly authPath: string
  readonly authoritative?: boolean
  readonly vos: readonly { readonly name: string }[]
}

export const folderOf = ({ mount, peopleFolder = usualFolder }: Block) => `${mount}/${peopleFolder}`

const shareFolder = (one: Block, other: Block) => folderOf(one) === folderOf(other)
const shareLogin = (one: Block, other: Block) => one.authPath === other.authPath

/** Whether a block shares a folder of people or a login and another block has the bare names there. */
export function isQualified(block: Block, all: readonly Block[]): boolean {
  const shares = all.some(
    (other) => other !== block && (shareFolder(block, other) || shareLogin(block, other)),
  )
  return shares && block.authoritative !== true
}

/** The first thing that does not go together, and in which block. */
export function contradictionIn(
  all: readonly Block[],
): { readonly at: number; readonly text: string } | undefined {
  for (const [at, block] of all.entries()) {
    const text = contradiction(block, all.slice(0, at), all)
    if (text !== undefined) return { at, text }
  }
  return undefined
}

function contradiction(block: Block, before: readonly Block[], all: readonly Block[]): string | undefined {
  const { name, issuer, mount, authPath, vos } = block
  if (before.some((other) => other.name === name)) return 'another block has the same name'
  if (before.some((other) => other.issuer === issuer)) return 'another block has the same issuer'
  const unclear = (what: string, sharing: readonly Block[], remedy: string) =>
    sharing.length > 1 && sharing.filter(({ authoritative }) => authoritative === true).length !== 1
      ? `${sharing.length} blocks share ${what}: exactly one must be authoritative${remedy}`
      : undefined
  const shared =
    unclear(
      `the folder ${JSON.stringify(folderOf(block))}`,
      all.filter((other) => shareFolder(block, other)),
      ', or give each a people_folder of its own',
    ) ??
    unclear(
      `the login ${JSON.stringify(authPath)}`,
      all.filter((other) => shareLogin(block, other)),
      ', or give each an auth_path of its own',
    )
  if (shared !== undefined) return shared
  if (isQualified(block, all) && !/^[a-z0-9_](?:[a-z0-9_.]{0,62}[a-z0-9_])?$/.test(name)) {
    return 'its name follows the names of its people, since it shares them: it may hold lower-case letters, digits, "_" and "." within, and be no longer than 64'
  }
  for (const vo of vos) {
    const other = before.find((one) => one.mount === mount && one.vos.some((own) => own.name === vo.name))
    if (other !== undefined) {
      return `spaces ${JSON.stringify(other.name)} has the folder ${JSON.stringify(vo.name)} too`
    }
  }
  return samePolicies(block, before)
}

/** Two folders whose policies had one name would be open to the members of both. */
function samePolicies(block: Block, before: readonly Block[]): string | undefined {
  const taken = new Set(before.flatMap(policyNames))
  for (const policy of policyNames(block)) {
    if (taken.has(policy)) {
      return `its policy ${JSON.stringify(policy)} would have the name of another one; rename the block or the vo`
    }
    taken.add(policy)
  }
  return undefined
}
