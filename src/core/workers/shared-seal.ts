import type { SealKeeper } from '../../barrier/keeper/keeper.ts'
import { createLock } from '../../barrier/keeper/lock.ts'
import { takeSecret } from '../../barrier/keyring/keyring.ts'
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

  /** Hands on what this worker has open. */
  async function spread(to?: number): Promise<void> {
    const state = own.state()
    if (state.kind !== 'unsealed') return peers.follow('look', [], to)
    const root = state.barrier.root().export()
    try {
      await peers.follow('open', [root], to)
    } finally {
      wipe(root)
    }
  }

  /** What the lead does; one thing after another where all workers are concerned. */
  const leading = {
    // What only looks waits for what is under way, and keeps nobody waiting.
    status: async () => {
      await inTurn(async () => {})
      return own.status()
    },
    initialize: (request: Parameters<SealKeeper['initialize']>[0]) =>
      inTurn(async () => {
        const made = await own.initialize(request)
        await spread()
        return made
      }),
    unseal: (share: string) =>
      inTurn(async () => {
        const before = own.state().kind
        const status = await own.unseal(share)
        if (before !== 'unsealed' && own.state().kind === 'unsealed') await spread()
        return status
      }),
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
