import type { Grant } from './grant.ts'
import type { RuleIndex } from './rule-index.ts'
import type { Node } from './wildcard-tree.ts'

/** A rule as the caller has it: templates filled in, what several policies say about one path joined. */
export type ListedRule = {
  /** Exact paths, and beginnings of paths without their `*`; one with `+` in it keeps both. */
  readonly pattern: string
  readonly kind: 'exact' | 'glob'
  readonly grant: Grant
}

export function* listRules({ exact, prefixes, wild }: RuleIndex): Iterable<ListedRule> {
  for (const [pattern, grant] of exact) yield { pattern, kind: 'exact', grant }
  for (let at = 0; at < prefixes.size; at++) {
    yield { pattern: prefixes.key(at), kind: 'glob', grant: prefixes.value(at) }
  }
  yield* below(wild.root, '')
}

/** @param folder what leads to the node; empty, or ending in a slash */
function* below({ literal, plus, starts }: Node<Grant>, folder: string): Iterable<ListedRule> {
  for (const [beginning, ranked] of starts) {
    yield { pattern: `${folder}${beginning}*`, kind: 'glob', grant: ranked.value }
  }
  for (const [segment, next] of plus === undefined ? literal : [...literal, ['+', plus] as const]) {
    const pattern = folder + segment
    if (next.end !== undefined) yield { pattern, kind: 'glob', grant: next.end.value }
    yield* below(next, `${pattern}/`)
  }
}
