import { type Mount, newMount } from '../../backend/mounts/mount.ts'
import { writeMounts } from '../../backend/mounts/mount-table.ts'
import type { Random } from '../../base/random.ts'
import { defaultPolicy, responseWrappingPolicy } from '../../policy/builtin.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { policyKey, storedPolicies } from '../../policy/stored.ts'
import { blankToken, type CreatedToken, createToken, type TokenTools } from '../../token/create.ts'
import type { Transaction } from '../../transaction/transaction.ts'

/** A secrets engine of KV that a new cluster begins with. */
export type FirstMount = { readonly path: string; readonly version: '1' | '2' }

/** What every cluster begins with: the mounts that are always there and the policies it cannot do without. */
export function writeFirstRows(tx: Transaction, random: Random, kvMounts: readonly FirstMount[] = []): void {
  const mount = (table: Mount['table'], path: string, type: string, description: string) =>
    newMount(random, { table, path, type, description, local: type === 'cubbyhole' })
  writeMounts(tx, [
    mount('secret', 'sys/', 'system', 'system endpoints used for control, policy and debugging'),
    mount('secret', 'identity/', 'identity', 'identity store'),
    mount('secret', 'cubbyhole/', 'cubbyhole', 'per-token private secret storage'),
    mount('auth', 'token/', 'token', 'token based credentials'),
    ...kvMounts.map(({ path, version }) => ({
      ...mount('secret', path, 'kv', 'key/value secrets'),
      options: { version },
    })),
  ])
  for (const [name, text] of [
    ['default', defaultPolicy],
    ['response-wrapping', responseWrappingPolicy],
  ] as const) {
    tx.put(storedPolicies, policyKey(name), { text, policy: parsePolicy(text) })
  }
}

/** A token that may do everything and never ends. */
export function createRootToken(tx: Transaction, tools: TokenTools, id?: string): Promise<CreatedToken> {
  return createToken(tx, tools, {
    ...(id === undefined ? {} : { id }),
    ...blankToken,
    policies: ['root'],
    displayName: 'root',
    path: 'auth/token/root',
    ttl: 0,
  })
}
