import type { Operation } from './operations.ts'

/** Operations in which each word of a text is found; those that have them in their path come first. */
export function found(operations: readonly Operation[], text: string): readonly Operation[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return operations
  const ranked = operations.flatMap((one) => {
    const path = `${one.method} ${one.path}`.toLowerCase()
    const all = `${path} ${one.summary} ${one.description} ${one.id} ${one.tag}`.toLowerCase()
    if (!words.every((word) => all.includes(word))) return []
    return [{ one, inPath: words.every((word) => path.includes(word)) }]
  })
  return [...ranked.filter(({ inPath }) => inPath), ...ranked.filter(({ inPath }) => !inPath)].map(
    ({ one }) => one,
  )
}
