import { styleText } from 'node:util'
import type { Sink } from '../io.ts'

// Control characters but tab and line feed, and the marks that reorder text on the screen.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unsafe = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Makes text harmless for a terminal: what could steer it is shown as `\x1b` or `\u202e`. */
export const neutralise = (text: string): string =>
  text.replace(unsafe, (character) => {
    const code = character.charCodeAt(0).toString(16)
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`
  })

/** The same inside a JSON text, where it has a spelling that means the same. */
export const neutraliseJson = (text: string): string =>
  text.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Text as it goes to `sink`: unchanged into a file or pipe, neutralised on a terminal. */
export const printable = (text: string, sink: Sink): string => (sink.isTTY === true ? neutralise(text) : text)

type Style = 'bold' | 'red' | 'yellow'

/** Colours text that goes to a terminal, unless the environment asks for none (https://no-color.org). */
export function paint(
  style: Style,
  text: string,
  sink: Sink,
  env: Readonly<Record<string, string | undefined>>,
) {
  const plain = sink.isTTY !== true || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb'
  return plain ? text : styleText(style, text, { validateStream: false })
}
