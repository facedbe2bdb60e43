import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, type Ask, type Client, isAnswer, newClient, type Outcome } from '../ask.ts'
import { now, type Operation } from '../history.ts'

/** What the clients of one run share. */
export type Context = {
  /** Names the run: no two runs touch the same thing. */
  readonly run: string
  readonly root: string
  readonly addresses: readonly string[]
  /** Milliseconds that a client gives one node for one answer. */
  readonly patience: number
  /** Milliseconds between two requests of a client, more or less: what is wanted is a load, not speed. */
  readonly pacing: number
  /** From 0 up to 1. */
  random(): number
  record(operation: Operation): void
  stopped(): boolean
  /** An answer that is neither right nor a refusal to be had: a fault that no history shows. */
  strange(text: string): void
}

/** One client, which stays with a node until that gives no answer. */
export type Worker = {
  readonly id: number
  ask(path: string, ask?: Ask): Promise<Outcome>
  /** Asks and records what was answered; without an answer what `open` makes of it, if it makes anything. */
  asks(what: Asked): Promise<Outcome>
  one<T>(all: readonly T[]): T
  chance(of: number): boolean
}

type Said = Partial<Operation> & Pick<Operation, 'do'>
export type Asked = {
  readonly object: string
  readonly model: Operation['model']
  readonly path: string
  readonly ask?: Ask
  /** What an answer means; undefined if it means nothing that can be. */
  answer(answer: Answer): Said | undefined
  /** What may have happened where there was no answer; absent for what changes nothing. */
  readonly open?: Said
}

let ids = 0

export function newWorker(context: Context, home: number): Worker {
  const { addresses, root } = context
  const id = ++ids
  const client: Client = newClient(context.patience)
  let at = home
  const next = () => {
    at = (at + 1) % addresses.length
  }

  async function ask(path: string, given: Ask = {}): Promise<Outcome> {
    await pause(context.pacing * (0.5 + context.random()))
    const outcome = await client(addresses[at % addresses.length] ?? '', path, { token: root, ...given })
    if (!isAnswer(outcome)) next()
    return outcome
  }

  return {
    id,
    ask,
    async asks({ object, model, path, ask: given, answer, open }) {
      await pause(context.pacing * (0.5 + context.random()))
      const from = now()
      const outcome = await client(addresses[at % addresses.length] ?? '', path, { token: root, ...given })
      const times = { object, model, client: id, from, to: now() }
      if (isAnswer(outcome)) {
        const said = answer(outcome)
        if (said !== undefined) context.record({ ...times, ...said })
        else context.strange(`${given?.method ?? 'GET'} ${path}: ${JSON.stringify(outcome)}`)
      } else {
        if (open !== undefined && outcome !== 'unsent') context.record({ ...times, ...open, open: true })
        next()
      }
      return outcome
    },
    one: (all) => all[Math.floor(context.random() * all.length)] as (typeof all)[number],
    chance: (of) => context.random() < of,
  }
}

/**
 * Asks once, for what sets something up. Undefined without an answer: what was to be set up is given up then, since
 * the request may still be carried out when something else is done with it. So when it was refused, which is strange.
 */
export async function setUp(
  context: Context,
  worker: Worker,
  path: string,
  ask?: Ask,
): Promise<Answer | undefined> {
  const outcome = await worker.ask(path, ask)
  if (!isAnswer(outcome)) return undefined
  if (outcome.status === 200 || outcome.status === 204) return outcome
  context.strange(`${ask?.method ?? 'GET'} ${path} was refused: ${JSON.stringify(outcome)}`)
  return undefined
}
