import type { SealKeeper } from '../../barrier/keeper/keeper.ts'
import { createLock } from '../../barrier/keeper/lock.ts'
import { takeSecret } from '../../barrier/keyring/keyring.ts'
import { lineUp } from '../../base/line-up.ts'
import { wipe } from './messages.ts'
import type { Peers } from './peers.ts'

/**
 * The seal of a node that runs as several workers. One of them, the lead, takes the shares and does all that has
 * progress; when it has opened the barrier it hands the root key to the others, and when it seals, all are sealed
 * before anything is answered. The key passes through the memory of the primary, which zeroes it, and is written
 * nowhere. A worker that is started anew gets it in the same way. When the lead ends, another one takes its place,
 * and shares of an attempt that was under way have to be given again.
 *
 * @param own this worker's keeper, which waits at first
 */
export function shareSeal(own: SealKeeper, peers: Peers): SealKeeper {
  const inTurn = createLock()

  const read = lineUp(own.status)
  /** Until the others are open too. */
  let opening: Promise<unknown> | undefined

  /** Hands on what this worker has open, to all others or to one that joins. */
  async function spread(to?: number): Promise<void> {
    const state = own.state()
    if (state.kind !== 'unsealed') {
      // One that does not look now does so when it next looks after its keys.
      await (to === undefined ? peers.others('look', []) : peers.bring(to, 'look', []))
      return
    }
    const root = state.barrier.root().export()
    try {
      await (to === undefined ? peers.follow('open', [root]) : peers.bring(to, 'open', [root]))
    } finally {
      wipe(root)
    }
  }

  /** Does what may open this worker, in turn, and opens the others with it. */
  const openAll = <T>(work: () => Promise<T>): Promise<T> =>
    inTurn(async () => {
      if (own.state().kind === 'unsealed') return work()
      const before = own.state().kind
      const { promise, resolve } = Promise.withResolvers<void>()
      opening = promise
      try {
        const made = await work()
        if (own.state().kind !== before) await spread()
        return made
      } finally {
        opening = undefined
        resolve()
      }
    })

  /** What the lead does; one thing after another where all workers are concerned. */
  const leading = {
    // What only looks waits in no queue, and says that the node is open when all of it is.
    async status() {
      const status = await read()
      if (!status.sealed) await opening
      return status
    },
    initialize: (request: Parameters<SealKeeper['initialize']>[0]) => openAll(() => own.initialize(request)),
    unseal: (share: string) => openAll(() => own.unseal(share)),
    resetUnseal: () => inTurn(() => own.resetUnseal()),
    seal: () =>
      inTurn(async () => {
        await Promise.all([own.seal(), peers.follow('sealToo', [])])
      }),
    rekeyStatus: own.rekey.status,
    rekeyStart: own.rekey.start,
    rekeyUpdate: own.rekey.update,
    rekeyCancel: own.rekey.cancel,
    rekeyVerificationStatus: own.rekey.verificationStatus,
    rekeyVerify: own.rekey.verify,
    rekeyRestartVerification: own.rekey.restartVerification,
    rootStatus: own.generateRoot.status,
    rootStart: own.generateRoot.start,
    rootUpdate: own.generateRoot.update,
    rootCancel: own.generateRoot.cancel,
  }

  peers.handle({
    ...leading,
    begin: () => inTurn(() => own.adopt()),
    welcome: (worker: number) => inTurn(() => spread(worker)),
    open: (root: Buffer) => own.adopt(takeSecret(root)),
    // A worker that is welcomed meanwhile comes after it.
    sealToo: () => inTurn(() => own.seal()),
    async look() {
      await own.status()
    },
  })

  type Leading = typeof leading
  function byLead<N extends keyof Leading & string>(name: N) {
    // The lead runs the function of this name, so it answers what that does.
    return (...args: Parameters<Leading[N]>) => peers.lead(name, args) as ReturnType<Leading[N]>
  }

  return {
    ...own,
    status: byLead('status'),
    initialize: byLead('initialize'),
    unseal: byLead('unseal'),
    resetUnseal: byLead('resetUnseal'),
    seal: byLead('seal'),
    rekey: {
      ...own.rekey,
      status: byLead('rekeyStatus'),
      start: byLead('rekeyStart'),
      verificationStatus: byLead('rekeyVerificationStatus'),
      update: byLead('rekeyUpdate'),
      cancel: byLead('rekeyCancel'),
      verify: byLead('rekeyVerify'),
      restartVerification: byLead('rekeyRestartVerification'),
    },
    generateRoot: {
      ...own.generateRoot,
      status: byLead('rootStatus'),
      start: byLead('rootStart'),
      update: byLead('rootUpdate'),
      cancel: byLead('rootCancel'),
    },
  }
}
