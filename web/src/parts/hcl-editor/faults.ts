import { CofferError } from '../../../../src/base/errors.ts'
import { parsePolicy } from '../../../../src/policy/parse.ts'
import type { Policy } from '../../../../src/policy/rule.ts'

/** What is wrong with a text, and where: offsets in characters. */
export type Fault = {
  readonly from: number
  readonly to: number
  readonly severity: 'error' | 'warning'
  readonly text: string
}

/** What a rule most likely does not mean; each has a text of its own. */
export type Doubts = { readonly star: string; readonly plus: string; readonly empty: string }

/** What the server would refuse, by its own parser, and what it would take and its author hardly means. */
export function faultsIn(text: string, doubts: Doubts): Fault[] {
  const starts = lineStarts(text)
  const offset = ({ line, column }: { readonly line: number; readonly column: number }) =>
    Math.min((starts[line - 1] ?? text.length) + column - 1, text.length)
  try {
    return doubtsAbout(parsePolicy(text), doubts).map(({ at, ...doubt }) => {
      const from = offset(at)
      return { from, to: endOfLine(text, from), severity: 'warning', ...doubt }
    })
  } catch (error) {
    if (!(error instanceof CofferError)) throw error
    const from = error.at === undefined ? 0 : offset(error.at)
    return [{ from, to: endOfWord(text, from), severity: 'error', text: withoutPlace(error.message) }]
  }
}

function doubtsAbout({ rules }: Policy, { star, plus, empty }: Doubts) {
  return rules.flatMap(({ path, at, capabilities }) => {
    const plain = path.replace(/\{\{.*?\}\}/gs, '')
    if (plain.slice(0, -1).includes('*')) return [{ at, text: star }]
    if (plain.split('/').some((part) => part.includes('+') && part !== '+')) return [{ at, text: plus }]
    return capabilities === 0 ? [{ at, text: empty }] : []
  })
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** A fault is at least one character wide where there is one. */
function endOfWord(text: string, from: number): number {
  const word = /^(?:"[^"\n]*"?|[^\s"]+)/.exec(text.slice(from, from + 200))?.[0].length ?? 1
  return Math.min(from + word, text.length)
}

/** The editor shows where it is by itself. */
const withoutPlace = (message: string) =>
  message.replace(/^failed to parse policy: /, '').replace(/ on line \d+, column \d+$/, '')
