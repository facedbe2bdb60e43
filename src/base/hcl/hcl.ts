import { fail } from '../errors.ts'
import { failAt, type HclEntry, type HclObject, type HclValue, type Position, type Source } from './ast.ts'
import { createBudget } from './budget.ts'
import { parseJsonForm } from './json.ts'
import { parseNative } from './parser.ts'

export * from './ast.ts'

export type HclLimits = {
  /** UTF-8 bytes of the text. */
  readonly bytes: number
  readonly depth: number
  /** Keys and values together. */
  readonly nodes: number
}

/**
 * Parses HCL 1, or its JSON form when the text begins with `{`.
 *
 * @returns the text's top level; every node knows its line and column
 * @throws the source's code when the text is no HCL or goes beyond a limit
 */
export function parseHcl(text: string, source: Source, limits: HclLimits): HclObject {
  // Pages parse as well, where there is no Buffer.
  if (text.length > limits.bytes || new TextEncoder().encode(text).length > limits.bytes) {
    fail(source.code, `${source.prefix ?? ''}text is longer than ${limits.bytes} bytes`)
  }
  const budget = createBudget(source, limits)
  const isJson = /^[\s\uFEFF]*\{/.test(text)
  return isJson
    ? parseJsonForm(text.replace(/^\uFEFF/, ' '), source, budget)
    : parseNative(text, source, budget)
}

/** A block with its labels, whichever form it was written in. */
export type HclBlock = { readonly labels: readonly string[]; readonly at: Position; readonly body: HclObject }

/**
 * The blocks that an entry stands for: itself, or for the JSON form and for maps one for each name
 * (`{"path": {"a": {…}, "b": {…}}}`), also within lists.
 *
 * @param labels how many labels each has
 * @param what how messages name the entry
 */
export function blocksOf(entry: HclEntry, labels: number, what: string, source: Source): HclBlock[] {
  const found: HclBlock[] = []
  const given = entry.labels.map(({ value }) => value)
  if (given.length > labels)
    failAt(source, entry.at, `${what} takes ${counted(labels)}, found ${given.length}`)
  collect(entry.value, given, entry.at)
  return found

  function collect(value: HclValue, path: readonly string[], at: Position): void {
    if (value.kind === 'list') {
      for (const item of value.items) collect(item, path, item.at)
    } else if (value.kind !== 'object') {
      failAt(source, value.at, `${what} must be a block`)
    } else if (path.length === labels) {
      found.push({ labels: path, at, body: value })
    } else {
      for (const inner of value.entries) {
        const deeper = [...path, inner.key, ...inner.labels.map((label) => label.value)]
        if (deeper.length > labels) failAt(source, inner.at, `${what} takes ${counted(labels)}`)
        collect(inner.value, deeper, inner.at)
      }
    }
  }
}

const counted = (labels: number) => (labels === 1 ? 'one label' : `${labels} labels`)
