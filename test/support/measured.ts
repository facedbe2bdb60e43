import { readFileSync } from 'node:fs'
import type { MetricFamily } from '../../src/base/metrics.ts'
import type { Measure } from '../../src/storage/measure.ts'

/** What a store measures, by name and labels as Prometheus writes them: `name{label="value"}`. */
export async function measured(measure: Measure): Promise<Record<string, number>> {
  return Object.fromEntries((await measure()).flatMap(linesOf))
}

function linesOf({ name, ...family }: MetricFamily): [string, number][] {
  if (family.kind === 'histogram') return []
  return family.samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text}"`)
    return [pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`, value]
  })
}

const page = new URL('../../docs/metrics.md', import.meta.url)

/** The metrics, with their kinds, that docs/metrics.md lists under a heading; before the first one if absent. */
export function listedMetrics(heading?: string): string[] {
  const sections = readFileSync(page, 'utf8').split(/^## /m)
  const text = heading === undefined ? sections[0] : sections.find((one) => one.startsWith(`${heading}\n`))
  const rows = (text ?? '').matchAll(/^\| `(coffer_\w+)` \| (\w+) \|/gm)
  return [...rows].map(([, name, kind]) => `${name} ${kind}`)
}
