/**
 * Where the time goes, from the profiles of `npm run bench -- --profile FOLDER`.
 *
 *     node bench/profile.ts FOLDER [SECONDS]
 *
 * Of each kind of request, for the last SECONDS (5) of each thread: how long it was busy, and by which functions.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { printTable } from './table.ts'

type Profile = {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }[]
  readonly samples: readonly number[]
  /** Microseconds. */
  readonly timeDeltas: readonly number[]
}

const shown = 10
const [folder, seconds = '5'] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node bench/profile.ts FOLDER [SECONDS]')

for (const kind of readdirSync(folder)) {
  for (const file of readdirSync(join(folder, kind)).sort()) {
    const profile: Profile = JSON.parse(readFileSync(join(folder, kind, file), 'utf8'))
    const { busy, all, shares } = spent(profile, Number(seconds) * 1_000_000)
    console.log(`## ${kind}: ${Math.round((100 * busy) / all)} % busy\n`)
    printTable(
      ['function', '% of busy'],
      shares.slice(0, shown).map(([name, time]) => [name, ((100 * time) / busy).toFixed(1)]),
    )
  }
}

/** Time by function, itself alone, in the last part of a profile. */
function spent({ nodes, samples, timeDeltas }: Profile, window: number) {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url } }) => [id, nameOf(functionName, url)]),
  )
  const times = new Map<string, number>()
  let all = 0
  for (let i = samples.length - 1; i >= 0 && all < window; i--) {
    const name = names.get(samples[i] ?? 0) ?? ''
    const time = timeDeltas[i] ?? 0
    all += time
    times.set(name, (times.get(name) ?? 0) + time)
  }
  const idle = times.get('(idle)') ?? 0
  times.delete('(idle)')
  return { all, busy: all - idle, shares: [...times].sort(([, a], [, b]) => b - a) }
}

function nameOf(name: string, url: string): string {
  const file = url.split('/src/').at(-1) ?? url
  return `${name || '(anonymous)'}${file === '' ? '' : ` ${file.replace(/^file:.*node_modules\//, '')}`}`
}
