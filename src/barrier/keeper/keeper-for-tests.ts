import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '../../base/clock.ts'
import { systemRandom } from '../../base/random.ts'
import type { Store } from '../../storage/store.ts'
import type { Barrier } from '../barrier.ts'
import { key, memoryStore, write } from '../barrier-for-tests.ts'
import { shamirSeal } from '../seals/shamir.ts'
import { staticSeal } from '../seals/static.ts'
import { openSealKeeper, type SealKeeper } from './keeper.ts'
import { type KeeperOptions, rootTokenLength } from './options.ts'

type Ending = { after(work: () => Promise<void>): void }

/** What a bootstrap of these tests writes, so that they can look for it. */
export const bootstrapKey = key('ns/root/first')

export type KeeperBench = {
  readonly store: Store
  readonly clock: ReturnType<typeof manualClock>
  /** A node on the store of the bench. */
  node(options?: Partial<KeeperOptions>): Promise<SealKeeper>
}

async function bench(t: Ending, seal: KeeperOptions['seal']): Promise<KeeperBench> {
  const store = await memoryStore(t)
  const clock = manualClock()
  return {
    store,
    clock,
    node: (options = {}) =>
      openSealKeeper({
        store,
        seal,
        clock,
        random: systemRandom,
        about: { version: '1.2.3', buildDate: '2030-01-01T00:00:00Z', storageType: 'sqlite' },
        bootstrap: async ({ store: staging, barrier }) => {
          await write(staging, barrier, bootstrapKey, 'first')
          return 'hvs.first'.padEnd(rootTokenLength, '1')
        },
        makeRootToken: async () => 'hvs.another'.padEnd(rootTokenLength, '2'),
        ...options,
      }),
  }
}

export const shamirBench = (t: Ending): Promise<KeeperBench> => bench(t, shamirSeal(systemRandom))

/** @property folder where the key files lie */
export async function staticBench(t: Ending): Promise<KeeperBench & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-keeper-'))
  t.after(() => rm(folder, { recursive: true }))
  return { ...(await bench(t, staticSeal({ folder, random: systemRandom }))), folder }
}

/** An initialised node that is unsealed, and its shares in hex. */
export async function unsealedNode(
  { node }: KeeperBench,
  {
    shares = 5,
    threshold = 3,
    ...options
  }: { shares?: number; threshold?: number } & Partial<KeeperOptions> = {},
): Promise<{ keeper: SealKeeper; shares: readonly string[]; barrier: Barrier }> {
  const keeper = await node(options)
  const made = (await keeper.initialize({ shares, threshold })).shares.map((share) => share.toString('hex'))
  await unseal(keeper, made.slice(0, threshold))
  return { keeper, shares: made, barrier: keeper.barrier() }
}

export async function unseal(keeper: SealKeeper, shares: readonly string[]): Promise<void> {
  for (const share of shares) await keeper.unseal(share)
}

/** A share in hex that is none of `shares` and has a place of its own: the last byte, which tells two apart. */
export function wrongShare(shares: readonly string[]): string {
  const taken = new Set(shares.map((share) => share.slice(-2)))
  const places = Array.from({ length: shares.length + 1 }, (_, i) => (i + 1).toString(16).padStart(2, '0'))
  return '11'.repeat(32) + places.find((place) => !taken.has(place))
}
