/** A text without all `char` at its end. Looks at each character once, which an expression such as `/=+$/` does not. */
export function withoutEnd(text: string, char: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === char) end--
  return text.slice(0, end)
}
