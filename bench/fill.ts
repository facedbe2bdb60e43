import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { heads } from '../src/backend/kv/record.ts'
import { EncodedJson } from '../src/backend/message.ts'
import { mountPrefix } from '../src/backend/mounts/mount.ts'
import { readMounts } from '../src/backend/mounts/mount-table.ts'
import type { Barrier } from '../src/barrier/barrier.ts'
import { openSealKeeper } from '../src/barrier/keeper/keeper.ts'
import { staticSeal } from '../src/barrier/seals/static.ts'
import { systemClock } from '../src/base/clock.ts'
import { systemRandom } from '../src/base/random.ts'
import {
  blankEntity,
  entities,
  entityKey,
  entityNameKey,
  membershipKey,
  memberships,
  noMembership,
  references,
} from '../src/identity/record.ts'
import { parsePolicy } from '../src/policy/parse.ts'
import { policyKey, storedPolicies } from '../src/policy/stored.ts'
import { openSqlite } from '../src/storage/sqlite/store.ts'
import type { StorageKey } from '../src/storage/store.ts'
import { blankToken, createToken } from '../src/token/create.ts'
import { tokenKeys } from '../src/token/keys.ts'
import { createRecordCache } from '../src/transaction/cache.ts'
import { type Ground, type Transaction, transact } from '../src/transaction/transaction.ts'
import { secretOf } from './work.ts'

/** Rows that one commit of a bulk load puts. */
const batch = 200

/** Puts secrets below `bench/bulk/` into the store of a stopped server, past the API, as rows it would write. */
export async function fillSecrets(folder: string, count: number): Promise<void> {
  await withGround(folder, async (ground) => {
    const prefix = await transact(
      () => ground,
      async (tx) => {
        const mount = (await readMounts(tx)).find('bench/')
        if (mount === undefined) throw new Error('the mount bench/ is missing')
        return mountPrefix(mount)
      },
    )
    await inBatches(ground, count, batch, async (tx, i) => {
      const key = `${prefix}data/bulk/${Math.floor(i / 1000)}/${i % 1000}` as StorageKey
      tx.put(heads, key, { json: new EncodedJson(JSON.stringify(secretOf(i))) })
    })
  })
}

/** Adds people and, for each, a policy and a token that has it; gives the ids of the tokens. */
export async function fillTokens(folder: string, count: number): Promise<string[]> {
  const ids: string[] = []
  await withGround(folder, async (ground) => {
    const tools = { clock: systemClock(), random: systemRandom, keys: tokenKeys(ground.barrier) }
    await inBatches(ground, count, batch / 8, async (tx, i) => {
      const name = `bulk-${count}-${i}`
      const text = `path "bench/*" { capabilities = ["read"] }\npath "bench/own/${i}/*" { capabilities = ["update"] }`
      tx.put(storedPolicies, policyKey(name), { text, policy: parsePolicy(text) })
      const entityId = randomUUID()
      tx.put(entities, entityKey(entityId), { ...blankEntity(entityId, Date.now()), name })
      tx.put(references, entityNameKey(name), { id: entityId })
      tx.put(memberships, membershipKey(entityId), noMembership)
      const { id } = await createToken(tx, tools, {
        ...blankToken,
        policies: ['default', name],
        displayName: 'bench',
        entityId,
        path: 'auth/token/create',
        ttl: 86_400,
        renewable: true,
      })
      ids.push(id)
    })
  })
  return ids
}

async function withGround(folder: string, work: (ground: Ground) => Promise<void>): Promise<void> {
  const store = await openSqlite({ path: join(folder, 'data', 'coffer.db') })
  try {
    let barrier: Barrier | undefined
    const keeper = await openSealKeeper({
      store,
      seal: staticSeal({
        folder: join(folder, 'keys'),
        dataFolder: join(folder, 'data'),
        random: systemRandom,
      }),
      clock: systemClock(),
      random: systemRandom,
      about: { version: 'bench', buildDate: '', storageType: 'sqlite' },
      clusterName: undefined,
      bootstrap: () => Promise.reject(new Error('the store is empty')),
      makeRootToken: () => Promise.reject(new Error('no root token is made here')),
      opened: async (opened) => {
        barrier = opened
      },
    })
    if (barrier === undefined) throw new Error('the store did not open')
    await work({ store, barrier, cache: createRecordCache(1024 * 1024) })
    await keeper.seal()
  } finally {
    await store.close()
  }
}

async function inBatches(
  ground: Ground,
  count: number,
  size: number,
  put: (tx: Transaction, i: number) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < count; start += size) {
    await transact(
      () => ground,
      async (tx) => {
        for (let i = start; i < Math.min(start + size, count); i++) await put(tx, i)
      },
    )
  }
}
