/** Whether a path below a folder is one that is looked for. */
export type Matches = (path: string) => boolean

/**
 * Reads what part of a name is looked for, without regard to case. With `*` or `?` it is a pattern of a whole name, or
 * of the whole path when it has a slash; `*` stands for any text, slashes too, and `?` for one character. Without, it is
 * found anywhere in the path.
 */
export function readPattern(text: string): Matches {
  const wanted = text.toLowerCase()
  if (!/[*?]/.test(wanted)) return (path) => path.toLowerCase().includes(wanted)
  const pattern = [...wanted]
  const whole = wanted.includes('/')
  return (path) => {
    const name = whole ? path : path.slice(path.lastIndexOf('/') + 1)
    return fits(pattern, [...name.toLowerCase()])
  }
}

/**
 * What it takes at most to look whether a path fits, as a part of a plain request: as good as nothing for texts of
 * usual length, and several for the longest ones.
 */
export const costOf = (text: string, path: string): number =>
  /[*?]/.test(text) ? (text.length * path.length) / comparisonsOfStep : 0

/** Characters that are compared in about the time of a plain list. */
const comparisonsOfStep = 200_000

/** Takes at most the product of both lengths: a star that turns out too short is only ever made longer. */
function fits(pattern: readonly string[], text: readonly string[]): boolean {
  let at = 0
  let star = -1
  let resume = 0
  for (let i = 0; i < text.length; ) {
    if (pattern[at] === '*') {
      star = at++
      resume = i
    } else if (pattern[at] === '?' || pattern[at] === text[i]) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++resume
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
