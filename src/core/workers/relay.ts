import { type Ask, isMessage, type Message, type Outcome, wipe } from './messages.ts'

/** A worker as the primary reaches it. */
export type Worker = {
  /** Of this process; a worker that is started anew has another one. */
  readonly id: number
  /** Resolves when the message is written, or never will be: until then its bytes may be waiting. */
  send(message: Message): Promise<void>
  /** Ends it at once, since it cannot go on beside the others; it is started anew. */
  end(reason: string): void
}

/** Hands on what the workers of a node have to say to each other, and keeps none of it. */
export type Relay = {
  add(worker: Worker): void
  /** It has ended: whoever waits for it hears so. */
  remove(id: number): void
  received(id: number, message: unknown): void
}

/**
 * Milliseconds that a worker may take: to follow the others, to follow them as one that joins, as the lead (longer than
 * any request has), and to tell something of itself. Only one that does not follow is ended: it may be open where the
 * others are not. One that joins hears that it could not, and ends by itself. Whoever makes the lead work long, by
 * asking much of it or by a store that is slow, must not take the node's keys away so.
 */
const limits = { follow: 10_000, enter: 10_000, lead: 120_000, tell: 2_000 }
const gone: Outcome = { ok: false, code: 'overloaded', text: 'a worker has just ended: try again' }
const silent: Outcome = { ok: false, code: 'overloaded', text: 'a worker did not answer in time: try again' }

type Member = Worker & { joined: boolean }
type Kind = keyof typeof limits
type Call = { readonly worker: number; settle(outcome: Outcome): void }

function kindOf(to: Ask['to'], must: boolean): Kind {
  if (must) return typeof to === 'number' ? 'enter' : 'follow'
  return to === 'lead' ? 'lead' : 'tell'
}

export function createRelay(): Relay {
  /** In the order in which they joined; those that are joining have been told to follow already. */
  const members = new Map<number, Member>()
  const workers = new Map<number, Worker>()
  const calls = new Map<number, Call>()
  let last = 0

  /** `sent` resolves when the arguments are not needed any more. */
  function carryOut(
    id: number,
    name: string,
    args: readonly unknown[],
    kind: Kind,
  ): { readonly outcome: Promise<Outcome>; readonly sent: Promise<void> } {
    const worker = workers.get(id)
    if (worker === undefined) return { outcome: Promise.resolve(gone), sent: Promise.resolve() }
    const call = ++last
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const late = setTimeout(() => settle(silent), limits[kind])
    const settle = (outcome: Outcome) => {
      clearTimeout(late)
      calls.delete(call)
      if (kind === 'follow' && !outcome.ok && outcome !== gone)
        worker.end(`it could not ${name}: ${outcome.text}`)
      resolve(outcome)
    }
    calls.set(call, { worker: id, settle })
    return { outcome: promise, sent: worker.send({ coffer: 'carry-out', id: call, name, args }) }
  }

  const lead = (except?: number) => [...members.values()].find(({ id, joined }) => joined && id !== except)

  /** The first one begins alone; each later one is brought to where the others stand. */
  async function join(id: number): Promise<Outcome> {
    const worker = workers.get(id)
    if (worker === undefined) return gone
    const member = members.get(id) ?? { ...worker, joined: false }
    members.set(id, member)
    for (;;) {
      // The lead stands where it stands: the others follow it.
      if (lead() === member) return { ok: true, value: undefined }
      const welcoming = lead(id)
      const outcome = await (welcoming === undefined
        ? begin(member)
        : carryOut(welcoming.id, 'welcome', [id], 'lead').outcome)
      if ((outcome === gone || outcome === silent) && workers.has(id)) continue
      member.joined = outcome.ok
      return outcome
    }
  }

  function begin(member: Member): Promise<Outcome> {
    // Whoever joins while it begins waits for it.
    member.joined = true
    return carryOut(member.id, 'begin', [], 'lead').outcome
  }

  function targets(from: number, to: Ask['to']): readonly number[] {
    if (typeof to === 'number') return [to]
    if (to === 'others') return [...members.keys()].filter((id) => id !== from)
    const one = lead()
    return one === undefined ? [] : [one.id]
  }

  async function answer(from: number, { id, to, name, args, must }: Ask): Promise<void> {
    const asked =
      to === 'primary' ? [] : targets(from, to).map((one) => carryOut(one, name, args, kindOf(to, must)))
    const outcomes =
      to === 'primary' ? [await join(from)] : await Promise.all(asked.map(({ outcome }) => outcome))
    void Promise.all(asked.map(({ sent }) => sent)).then(() => wipe(args))
    await workers.get(from)?.send({ coffer: 'answer', id, outcomes })
    wipe(outcomes.map((outcome) => (outcome.ok ? outcome.value : undefined)))
  }

  return {
    add: (worker) => void workers.set(worker.id, worker),
    remove(id) {
      workers.delete(id)
      members.delete(id)
      for (const { worker, settle } of [...calls.values()]) if (worker === id) settle(gone)
    },
    received(id, message) {
      if (!isMessage(message)) return
      if (message.coffer === 'ask') void answer(id, message)
      if (message.coffer !== 'done') return
      const call = calls.get(message.id)
      if (call?.worker === id) call.settle(message.outcome)
      // It came too late, or was not asked for: nobody takes what it holds.
      else wipe(message.outcome)
    },
  }
}
