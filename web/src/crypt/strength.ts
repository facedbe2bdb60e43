const pools = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^a-zA-Z0-9]/, 30],
] as const

/** Bits that a word is worth at most, as if it were drawn from a list of 4,000. */
const wordBits = 12

const common = /p[a4@]ss ?(?:w[o0]r[dt]|phrase)|qwert[yz]?|asdf|letmein|geheim|hallo|welcome|admin|secret/gi

/**
 * How many bits somebody would have to guess, at least roughly and rather too few: by its characters, without those
 * that repeat or go on what came before, and by its words if it is made of some.
 */
export function guessBits(passphrase: string): number {
  const rest = passphrase.replace(common, '')
  const characters = [...rest]
  const counted = characters.filter((one, at) => {
    const step = (one.codePointAt(0) ?? 0) - (characters[at - 1]?.codePointAt(0) ?? -9)
    return Math.abs(step) > 1
  })
  const pool = pools.reduce((sum, [kind, size]) => sum + (kind.test(rest) ? size : 0), 0)
  const distinct = Math.min(counted.length, new Set(characters).size * 2)
  const byCharacters = distinct * Math.log2(Math.max(pool, 1))
  const words = rest.split(/[^\p{L}]+/u).filter((word) => word !== '')
  const others = rest.replace(/[\p{L}\s._-]/gu, '').length
  const plain = words.length > 0 && words.every((word) => /^\p{L}\p{Ll}+$/u.test(word))
  const byWords = plain ? new Set(words).size * wordBits + others * 3 : Number.POSITIVE_INFINITY
  return Math.floor(Math.min(byCharacters, byWords))
}
