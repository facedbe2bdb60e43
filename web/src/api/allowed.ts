import type { JsonObject } from '../../../src/base/json/json.ts'
import { flagOf, objectsOf, textsOf } from '../../../src/client/shape.ts'

/** What the session's policies allow, as far as a page shows or hides something by it; the server decides. */
export type Allowed = (path: string, ...capabilities: readonly string[]) => boolean

type Rule = { readonly pattern: string; readonly capabilities: readonly string[] }

/** @param data what `sys/internal/ui/resultant-acl` answers */
export function allowedBy(data: JsonObject): Allowed {
  if (flagOf(data.root)) return () => true
  const exact = new Map(rulesOf(data.exact_paths).map(({ pattern, capabilities }) => [pattern, capabilities]))
  const globs = rulesOf(data.glob_paths).sort((a, b) => b.pattern.length - a.pattern.length)
  return (path, ...wanted) => {
    const found = exact.get(path) ?? globs.find(({ pattern }) => covers(pattern, path))?.capabilities ?? []
    if (found.includes('deny')) return false
    return wanted.some((capability) => found.includes(capability) || found.includes('sudo'))
  }
}

const rulesOf = (rules: JsonObject[string] | undefined): Rule[] =>
  Object.entries(objectsOf(rules)).map(([pattern, rule]) => ({
    pattern,
    capabilities: textsOf(rule.capabilities),
  }))

/** Whether a pattern covers a path: the beginning of one, or one with `+` for a segment, whose end is open with a `*`. */
function covers(pattern: string, path: string): boolean {
  const open = pattern.replace(/\*$/, '')
  if (!open.includes('+')) return path.startsWith(open)
  const wanted = open.split('/')
  const segments = path.split('/')
  const isOpen = pattern.endsWith('*')
  if (!isOpen && segments.length !== wanted.length) return false
  return wanted.every((one, index) => {
    const segment = segments[index]
    if (segment === undefined) return false
    if (one === '+') return segment !== ''
    return isOpen && index === wanted.length - 1 ? segment.startsWith(one) : segment === one
  })
}
