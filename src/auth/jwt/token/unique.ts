/**
 * The first name that an object of a JSON text holds twice, or undefined. The text must have been parsed
 * before: only well-formed JSON is understood here. Two parsers may read such a text differently, so a
 * token that holds one is ambiguous (RFC 8725 §2.4, RFC 7519 §4).
 */
export function repeatedName(text: string): string | undefined {
  /** For each open container: the names seen so far of an object, undefined for a list. */
  const open: (Set<string> | undefined)[] = []
  let nameExpected = false
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
        open.push(new Set())
        nameExpected = true
        break
      case '[':
        open.push(undefined)
        nameExpected = false
        break
      case '}':
      case ']':
        open.pop()
        nameExpected = false
        break
      case ',':
        nameExpected = open.at(-1) !== undefined
        break
      case '"': {
        const end = endOfString(text, at)
        const names = open.at(-1)
        if (nameExpected && names !== undefined) {
          // Compared as parsed: an escape is another spelling of the same name.
          const name = JSON.parse(text.slice(at, end + 1)) as string
          if (names.has(name)) return name
          names.add(name)
          nameExpected = false
        }
        at = end
      }
    }
  }
  return undefined
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
