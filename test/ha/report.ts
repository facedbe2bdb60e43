import { cpus, release, totalmem } from 'node:os'
import type { RunResult } from './run.ts'

/** All runs of one fault on one store. */
export type Series = {
  readonly store: string
  readonly about: string
  readonly fault: string
  readonly runs: readonly RunResult[]
}

/** What was measured, on what. */
export type Report = {
  readonly machine: string
  /** Milliseconds that a client gives a node for an answer before it asks another. */
  readonly patience: number
  /** The load of the machine, as Linux tells it, at the end of each run. */
  readonly load: readonly number[]
  readonly series: readonly Series[]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0)

function spread(milliseconds: readonly number[]): string {
  const sorted = [...milliseconds].sort((a, b) => a - b)
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
  return `${shown(median)} / ${shown(sorted.at(-1) ?? 0)}`
}

/** Seconds, no finer than what is measured. */
const shown = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`

const heads = [
  'fault',
  'runs',
  'readers: median / longest gap',
  'writers: median / longest gap',
  'failed reads',
  'failed writes',
  'acknowledged writes lost',
  'wrong answers',
]

/** One table for each store, in Markdown, and what it was measured on. */
export function figures({ machine, patience, load, series }: Report): string {
  const stores = [...new Set(series.map(({ store }) => store))]
  const mean = sum(load) / Math.max(1, load.length)
  return [
    `Measured on ${machine}. Programs that were running or waiting for a core, on average: ${mean.toFixed(1)}. A client gave a node ${patience / 1000} s for an answer before it asked another.`,
    ...stores.map((store) => tableOf(series.filter((one) => one.store === store))),
  ].join('\n\n')
}

function tableOf(all: readonly Series[]): string {
  const rows = all.map(({ fault, runs }) => [
    fault,
    String(runs.length),
    spread(runs.map(({ readGap }) => readGap)),
    spread(runs.map(({ writeGap }) => writeGap)),
    `${sum(runs.map(({ readsFailed }) => readsFailed))} of ${sum(runs.map(({ reads }) => reads))}`,
    `${sum(runs.map(({ writesFailed }) => writesFailed))} of ${sum(runs.map(({ writes }) => writes))}`,
    String(sum(runs.map(({ lost }) => lost))),
    String(sum(runs.map(({ wrong }) => wrong.length))),
  ])
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const [first] = all
  const runs = all.flatMap((series) => series.runs)
  return [
    `### ${first?.store}`,
    '',
    `Here: ${first?.about}.`,
    '',
    line(heads),
    line(heads.map(() => '---')),
    ...rows.map(line),
    '',
    `${thousands(sum(runs.map(({ operations }) => operations)))} operations on ${thousands(sum(runs.map(({ objects }) => objects)))} secrets, tokens, policies, groups and tokens with counted uses were checked.`,
  ].join('\n')
}

const thousands = (number: number): string => number.toLocaleString('en')

/** What the figures were measured on. */
export const machine = (): string =>
  `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Linux ${release()}, everything on it: nodes, stores, clients and the checker`

const [from, to] = ['<!-- measured: begin -->', '<!-- measured: end -->']

/** Puts new figures into a document where the old ones are. */
export function intoDocument(document: string, figures: string): string {
  const [begin, end] = [document.indexOf(from), document.indexOf(to)]
  if (begin < 0 || end < begin) throw new Error(`the document has no ${from} and ${to} after it`)
  return `${document.slice(0, begin + from.length)}\n\n${figures}\n\n${document.slice(end)}`
}
