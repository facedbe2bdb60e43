import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, type Ask, isAnswer, newClient } from './ask.ts'
import type { Cluster } from './cluster/cluster.ts'

/** What clients that have two addresses noticed. Times are milliseconds. */
export type Noticed = {
  /** The longest time between two answers in a row, over all readers. */
  readGap: number
  writeGap: number
  /** Requests that neither address answered at its first try. */
  readsFailed: number
  writesFailed: number
  reads: number
  writes: number
  /** Acknowledged writes that a read did not show, or showed otherwise. */
  readonly wrong: string[]
}

export type Probes = {
  readonly noticed: Noticed
  /** Stops, and resolves when the last one has had its answer. */
  stop(): Promise<void>
  /** Acknowledged writes that are not there, as some node sees it. */
  lost(): Promise<number>
}

/** Milliseconds between two requests of a probe: no gap is measured finer. */
const pacing = 5

/**
 * For each node one reader and one writer that prefer it and have the next one as their second address. They write a
 * new secret each time, and read what another has just had acknowledged: both can be asked for again without harm.
 */
export function startProbes(cluster: Cluster, run: string, patience: number): Probes {
  const { addresses, root } = cluster
  const noticed: Noticed = {
    readGap: 0,
    writeGap: 0,
    readsFailed: 0,
    writesFailed: 0,
    reads: 0,
    writes: 0,
    wrong: [],
  }
  let stopped = false
  const acknowledged: number[] = addresses.map(() => 0)
  const at = (writer: number, number: number) => `plain/${run}/${writer}/${number}`

  /** Asks the two addresses in turn until one answers. */
  function failingOver(home: number, failed: () => void) {
    const client = newClient(patience)
    let turn = home
    return async (path: string, ask: Ask): Promise<Answer> => {
      for (let tries = 1; ; tries++) {
        const outcome = await client(addresses[turn % addresses.length] ?? '', path, { token: root, ...ask })
        if (isAnswer(outcome)) return outcome
        turn = turn === home ? home + 1 : home
        if (tries === 2) failed()
        if (tries >= 2) await pause(pacing)
      }
    }
  }

  async function repeat(gap: (milliseconds: number) => void, once: () => Promise<void>): Promise<void> {
    let last = performance.now()
    while (!stopped) {
      await once()
      const end = performance.now()
      gap(end - last)
      last = end
      await pause(pacing)
    }
  }

  const writer = (home: number) => {
    const ask = failingOver(home, () => noticed.writesFailed++)
    return repeat(
      (gap) => {
        noticed.writeGap = Math.max(noticed.writeGap, gap)
      },
      async () => {
        const number = (acknowledged[home] ?? 0) + 1
        const { status } = await ask(at(home, number), { method: 'POST', body: { number } })
        if (status !== 204) noticed.wrong.push(`a write was answered ${status}`)
        acknowledged[home] = number
        noticed.writes++
      },
    )
  }

  const reader = (home: number) => {
    const ask = failingOver(home, () => noticed.readsFailed++)
    const of = (home + 1) % addresses.length
    return repeat(
      (gap) => {
        noticed.readGap = Math.max(noticed.readGap, gap)
      },
      async () => {
        const number = acknowledged[of] ?? 0
        const { status, body } = await ask(at(of, number), {})
        noticed.reads++
        const right = number === 0 ? status === 404 || status === 200 : body?.data?.number === number
        if (!right) noticed.wrong.push(`${at(of, number)} was read as ${status} ${JSON.stringify(body)}`)
      },
    )
  }

  const all = addresses.flatMap((_, home) => [writer(home), reader(home)])
  return {
    noticed,
    async stop() {
      stopped = true
      await Promise.all(all)
    },
    async lost() {
      const ask = failingOver(0, () => {})
      let lost = 0
      for (const [writer, count] of acknowledged.entries()) {
        const { body } = await ask(`plain/${run}/${writer}?list=true`, {})
        const there = new Set<string>(body?.data?.keys ?? [])
        for (let number = 1; number <= count; number++) if (!there.has(String(number))) lost++
      }
      return lost
    },
  }
}
