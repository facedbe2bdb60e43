/** Whether `text` fits a pattern in which a `*` at the start, at the end or at both stands for anything. */
export function globMatches(pattern: string, text: string): boolean {
  if (pattern === '*') return true
  const open = pattern.startsWith('*')
  const end = pattern.endsWith('*')
  const middle = pattern.slice(open ? 1 : 0, end ? -1 : undefined)
  if (open && end) return text.includes(middle)
  if (open) return text.endsWith(middle)
  return end ? text.startsWith(middle) : text === pattern
}
