import { fail } from '../../base/errors.ts'
import { failure, isMessage, type Message, type Outcome, result, type Target, wipe } from './messages.ts'

/** What a worker does when another one asks for it, by name. It begins in the order in which it was asked. */
// Each name has arguments of its own, which its asker knows: see `shared-seal.ts`.
export type Handlers = Readonly<Record<string, (...args: never[]) => unknown>>

/** The workers of one node, as one of them sees the others. */
export type Peers = {
  /** Its number, from 1 on. */
  readonly worker: number
  handle(handlers: Handlers): void
  /** Resolves when this worker stands where the others stand, and may serve. */
  join(): Promise<void>
  /** Has the worker that keeps the shares do something. @throws what it failed with */
  lead(name: string, args: readonly unknown[]): Promise<unknown>
  /** Has all others do something; those that fail or do not answer are left out of the answers. */
  others(name: string, args: readonly unknown[]): Promise<readonly unknown[]>
  /** Has all others follow; one that cannot is ended and starts anew. */
  follow(name: string, args: readonly unknown[]): Promise<void>
  /** Has one that joins follow. @throws what it failed with: then it does not join */
  bring(worker: number, name: string, args: readonly unknown[]): Promise<void>
}

/** The channel to the primary. */
export type Channel = {
  /** Resolves when the message is written, or never will be: until then its bytes may be waiting. */
  send(message: Message): Promise<void>
  onMessage(listener: (message: unknown) => void): void
}

/** @param worker its number, from 1 on */
export function createPeers(worker: number, channel: Channel): Peers {
  const handlers = new Map<string, (...args: never[]) => unknown>()
  const waiting = new Map<number, (outcomes: readonly Outcome[]) => void>()
  let last = 0

  async function carryOut(name: string, args: readonly unknown[]): Promise<Outcome> {
    try {
      const handler = handlers.get(name) ?? fail('internal', `no worker does ${name}`)
      // The asker is of the same program, and sends what the handler of this name takes.
      return { ok: true, value: await handler(...(args as never[])) }
    } catch (error) {
      return failure(error)
    }
  }

  channel.onMessage((message) => {
    if (!isMessage(message)) return
    if (message.coffer === 'answer') {
      waiting.get(message.id)?.(message.outcomes)
      waiting.delete(message.id)
    } else if (message.coffer === 'carry-out') {
      const { id, name, args } = message
      void carryOut(name, args).then(async (outcome) => {
        await channel.send({ coffer: 'done', id, outcome })
        if (outcome.ok) wipe(outcome.value)
      })
    }
  })

  function ask(
    to: Target | 'primary',
    name: string,
    args: readonly unknown[],
    must = false,
  ): Promise<readonly Outcome[]> {
    const id = ++last
    const { promise, resolve } = Promise.withResolvers<readonly Outcome[]>()
    waiting.set(id, resolve)
    void channel.send({ coffer: 'ask', id, to, name, args, must })
    return promise
  }

  const only = ([outcome]: readonly Outcome[]) =>
    result(outcome ?? { ok: false, code: 'overloaded', text: 'no worker is there to answer: try again' })

  return {
    worker,
    handle(more) {
      for (const [name, handler] of Object.entries(more)) handlers.set(name, handler)
    },
    async join() {
      only(await ask('primary', 'join', []))
    },
    lead: async (name, args) => only(await ask('lead', name, args)),
    others: async (name, args) =>
      (await ask('others', name, args)).flatMap((outcome) => (outcome.ok ? [outcome.value] : [])),
    async follow(name, args) {
      await ask('others', name, args, true)
    },
    async bring(to, name, args) {
      only(await ask(to, name, args, true))
    },
  }
}
