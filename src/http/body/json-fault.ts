/*
 * Says what is wrong with text that is no JSON, in the words that clients of the Vault API know (those of Go's
 * decoder). Runs only after the text has been refused. It names one character at most, never a value.
 */

type Expecting =
  | 'value'
  | 'value or end of array'
  | 'key'
  | 'key or end of object'
  | 'colon'
  | 'after element'
  | 'after pair'
  | 'end'

const endOfText = 'unexpected EOF'

/** What is wrong with a text. `rest` is where more text begins behind a complete value, when that is the fault. */
export type Fault = { readonly words: string; readonly rest?: number }

/** Looks at each character once. @returns undefined when the text is JSON after all */
export function findFault(text: string): Fault | undefined {
  const open: ('{' | '[')[] = []
  let expecting: Expecting = 'value'
  let at = 0
  const afterValue = (): Expecting => {
    const inner = open.at(-1)
    return inner === undefined ? 'end' : inner === '{' ? 'after pair' : 'after element'
  }
  const close = () => {
    open.pop()
    expecting = afterValue()
    at++
  }
  for (;;) {
    while (isSpace(text[at])) at++
    const char = text[at]
    if (char === undefined) return expecting === 'end' ? undefined : { words: endOfText }
    switch (expecting) {
      case 'end':
        return { words: invalid(text, at, 'after top-level value'), rest: at }
      case 'colon':
        if (char !== ':') return { words: invalid(text, at, 'after object key') }
        expecting = 'value'
        at++
        break
      case 'after pair':
      case 'after element': {
        const inObject: boolean = expecting === 'after pair'
        if (char === (inObject ? '}' : ']')) close()
        else if (char === ',') {
          expecting = inObject ? 'key' : 'value'
          at++
        } else {
          return {
            words: invalid(text, at, inObject ? 'after object key:value pair' : 'after array element'),
          }
        }
        break
      }
      case 'key':
      case 'key or end of object': {
        if (char === '}' && expecting === 'key or end of object') {
          close()
          break
        }
        if (char !== '"') return { words: invalid(text, at, 'looking for beginning of object key string') }
        const end = skipString(text, at)
        if (typeof end === 'string') return { words: end }
        at = end
        expecting = 'colon'
        break
      }
      default: {
        if (char === ']' && expecting === 'value or end of array') {
          close()
          break
        }
        if (char === '{' || char === '[') {
          open.push(char)
          expecting = char === '{' ? 'key or end of object' : 'value or end of array'
          at++
          break
        }
        const end = skipScalar(text, at)
        if (typeof end === 'string') return { words: end }
        at = end
        expecting = afterValue()
      }
    }
  }
}

/** The end of what was skipped, or the fault. */
type Skipped = number | string

function skipScalar(text: string, at: number): Skipped {
  const char = text[at] as string
  if (char === '"') return skipString(text, at)
  if (char === '-' || isDigit(char)) return skipNumber(text, at)
  const word = { t: 'true', f: 'false', n: 'null' }[char]
  if (word === undefined) return invalid(text, at, 'looking for beginning of value')
  for (let i = 1; i < word.length; i++) {
    if (text[at + i] === word[i]) continue
    return invalid(text, at + i, `in literal ${word} (expecting ${quote(word[i] as string)})`)
  }
  return at + word.length
}

function skipString(text: string, start: number): Skipped {
  let at = start + 1
  for (;;) {
    const char = text[at]
    if (char === '"') return at + 1
    if (char === undefined || char < ' ') return invalid(text, at, 'in string literal')
    at++
    if (char !== '\\') continue
    if (text[at] === 'u') {
      for (let i = 1; i <= 4; i++) {
        if (!/[0-9a-f]/i.test(text[at + i] ?? ''))
          return invalid(text, at + i, 'in \\u hexadecimal character escape')
      }
      at += 5
    } else if (/["\\/bfnrt]/.test(text[at] ?? '')) at++
    else return invalid(text, at, 'in string escape code')
  }
}

function skipNumber(text: string, start: number): Skipped {
  let at = text[start] === '-' ? start + 1 : start
  if (!isDigit(text[at])) return invalid(text, at, 'in numeric literal')
  if (text[at] === '0') at++
  else at = skipDigits(text, at)
  if (text[at] === '.') {
    if (!isDigit(text[at + 1])) return invalid(text, at + 1, 'after decimal point in numeric literal')
    at = skipDigits(text, at + 1)
  }
  if (text[at] === 'e' || text[at] === 'E') {
    at += text[at + 1] === '+' || text[at + 1] === '-' ? 2 : 1
    if (!isDigit(text[at])) return invalid(text, at, 'in exponent of numeric literal')
    at = skipDigits(text, at)
  }
  return at
}

function skipDigits(text: string, start: number): number {
  let at = start
  while (isDigit(text[at])) at++
  return at
}

const isSpace = (char: string | undefined) => char === ' ' || char === '\t' || char === '\n' || char === '\r'
const isDigit = (char: string | undefined) => char !== undefined && char >= '0' && char <= '9'

function invalid(text: string, at: number, where: string): string {
  const point = text.codePointAt(at)
  return point === undefined ? endOfText : `invalid character ${quote(String.fromCodePoint(point))} ${where}`
}

function quote(char: string): string {
  if (char === "'") return "'\\''"
  return char < ' ' ? `'${JSON.stringify(char).slice(1, -1)}'` : `'${char}'`
}
