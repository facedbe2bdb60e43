import type { Fields, Said } from './action.ts'
import { unsaid } from './action.ts'

/** What a shell takes as it is, wherever in a command it stands but at the first place. */
const bare = /^[\w./:@%+,=-]+$/

/** Characters that a terminal would act upon, or that hide or turn around what stands beside them. */
const odd =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Whether a text can stand in a command as it is read by people. */
export const isPlain = (text: string): boolean => text.search(odd) < 0

/** A text as one word of a POSIX shell. What a terminal would act upon is spelled by its bytes. */
export function quoted(text: string): string {
  if (bare.test(text)) return text
  if (isPlain(text)) return `'${text.replaceAll("'", "'\\''")}'`
  const spelled = text.replace(/[%\\]/g, '$&$&').replace(/^-|'/g, octal).replace(odd, octal)
  return `"$(printf '${spelled}')"`
}

const octal = (character: string): string =>
  [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')

/** JSON of which every character can be seen. A gap has the name of its field in angle brackets. */
export function jsonOf(fields: Fields, indent?: number): string {
  const filled = Object.fromEntries(
    Object.entries(fields).map(([name, said]) => [name, filledIn(name, said)]),
  )
  return JSON.stringify(filled, null, indent).replace(odd, (character) =>
    [...character].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  )
}

function filledIn(name: string, said: Said): unknown {
  if (said === unsaid) return `<${name}>`
  if (Array.isArray(said)) return said.map((one) => filledIn(name, one))
  if (!isFields(said)) return said
  return Object.fromEntries(Object.entries(said).map(([inner, value]) => [inner, filledIn(inner, value)]))
}

export function hasGaps(said: Said): boolean {
  if (said === unsaid) return true
  if (Array.isArray(said)) return said.some(hasGaps)
  return isFields(said) && Object.values(said).some(hasGaps)
}

/** An exact number is an object as well, which JSON writes as it is. */
const isFields = (said: Said): said is Fields =>
  typeof said === 'object' && said !== null && !Array.isArray(said) && !('rawJSON' in said)
