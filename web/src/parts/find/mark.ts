/** A text cut at what was looked for: what is before, it, and what is behind. */
export type Cut = readonly [before: string, found: string, behind: string]

/**
 * Cuts a text at a part that was looked for without regard to case; undefined where it is not in it, or where it is a
 * pattern, which has no one part.
 */
export function cutAt(text: string, wanted: string): Cut | undefined {
  const low = text.toLowerCase()
  // Where letters take more room in lower case, places in the one are not places in the other.
  if (wanted === '' || low.length !== text.length || /[*?]/.test(wanted)) return undefined
  const at = low.lastIndexOf(wanted.toLowerCase())
  if (at < 0) return undefined
  const end = at + wanted.length
  return [text.slice(0, at), text.slice(at, end), text.slice(end)]
}
