import { isAnswer } from '../ask.ts'
import { type Asked, type Context, newWorker, type Worker } from './context.ts'

/**
 * Several clients that meet at few secrets. Each secret is left for a new one before its history is too long to check;
 * what has no answer is the dear part of that, since it may have happened at any time.
 */
const operationsPerSecret = 60
const costOfNoAnswer = 8

export function workOnSecrets(context: Context, clients: number): Promise<void>[] {
  const lanes = [newLane('a'), newLane('b')]
  let values = 0

  function newLane(name: string) {
    let number = 0
    let cost = 0
    return {
      current: () => `${context.run}-${name}${number}`,
      spend(more: number) {
        cost += more
        if (cost < operationsPerSecret) return
        cost = 0
        number++
      },
    }
  }

  async function client(home: number): Promise<void> {
    const worker = newWorker(context, home)
    /** The newest version that this client knows of each secret, for its next check-and-set. */
    let known = { object: '', version: 0 }
    while (!context.stopped()) {
      const lane = worker.one(lanes)
      const object = lane.current()
      if (known.object !== object) known = { object, version: 0 }
      const asked = choose(worker, object, known.version)
      const outcome = await worker.asks({
        ...asked,
        answer(answer) {
          const said = asked.answer(answer)
          if (said?.version !== undefined) known = { object, version: said.version }
          return said
        },
      })
      // A secret that was left meanwhile costs the next one nothing.
      if (object === lane.current()) lane.spend(isAnswer(outcome) ? 1 : costOfNoAnswer)
    }
  }

  function choose(worker: Worker, object: string, version: number): Asked {
    const common = { object, model: 'kv' as const }
    const path = `kv/data/${object}`
    const dice = context.random()
    const value = `v${++values}`
    if (dice < 0.5)
      return {
        ...common,
        path,
        answer({ status, body }) {
          if (status === 200) {
            return { do: 'read', value: body.data.data.value, version: body.data.metadata.version }
          }
          return status === 404 ? { do: 'read', version: body?.data?.metadata?.version ?? 0 } : undefined
        },
      }
    if (dice < 0.68)
      return {
        ...common,
        path,
        ask: { method: 'POST', body: { data: { value } } },
        answer: ({ status, body }) =>
          status === 200 ? { do: 'write', value, version: body.data.version } : undefined,
        open: { do: 'write', value },
      }
    if (dice < 0.9) {
      const cas = { do: 'cas', value, expect: worker.chance(0.85) ? version : 0 }
      return {
        ...common,
        path,
        ask: { method: 'POST', body: { data: { value }, options: { cas: cas.expect } } },
        answer({ status, body }) {
          if (status === 200) return { ...cas, version: body.data.version }
          return status === 400 ? { ...cas, refused: true } : undefined
        },
        open: cas,
      }
    }
    const remove = dice > 0.97
    return {
      ...common,
      path: remove ? `kv/metadata/${object}` : path,
      ask: { method: 'DELETE' },
      answer: ({ status }) => (status === 204 ? { do: remove ? 'remove' : 'delete' } : undefined),
      open: { do: remove ? 'remove' : 'delete' },
    }
  }

  return Array.from({ length: clients }, (_, i) => client(i))
}
