/** What some readers take for markup, for the end of a line, or for a program to run in place of the text. */
const special = /[<>&$`\u0085\u2028\u2029]/g
const hasSpecial = /[<>&$`\u0085\u2028\u2029]/

/** A JSON string that stays one line for every reader. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text)
  return hasSpecial.test(quoted) ? quoted.replace(special, escaped) : quoted
}

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

export function quoteList(texts: readonly string[]): string {
  if (texts.length === 1) return `[${quote(texts[0] as string)}]`
  return `[${texts.map(quote).join(',')}]`
}

/**
 * The same text in one piece. Texts that were put together stay trees of their parts, which would be walked
 * again in every line that holds them; measured, that is a third of a line's cost.
 */
export function inOnePiece(text: string): string {
  return Buffer.from(text).toString()
}
