import {
  blocksOf,
  failAt,
  type HclBlock,
  type HclEntry,
  type HclObject,
  type Position,
  type Source,
} from '../../base/hcl/hcl.ts'
import type { Keys, Values } from './keys.ts'

/** A block of the configuration: what may stand in it, and what the reference says about it. */
export type Section<K extends Keys = Keys> = {
  /** How messages and the reference name it. */
  readonly title: string
  readonly about: string
  readonly example: string
  readonly keys: K
  /** Blocks in it, by key; each is read by its own section. Values say how many labels one has. */
  readonly blocks: Readonly<Record<string, number>>
  /** Keys of Vault's that mean nothing here, with the reason; they give a warning. */
  readonly ignored: Readonly<Record<string, string>>
  /** Keys of Vault's whose protection or effect is missed when they are passed over: refused, with the reason. */
  readonly refused: Readonly<Record<string, string>>
}

/** Where the reading of one file stands. */
export type Reader = {
  readonly source: Source
  warn(at: Position, text: string): void
}

export type Read<K extends Keys> = {
  /** Where the section begins. */
  readonly start: Position
  readonly values: Values<K>
  /** The blocks of a key, in order. */
  blocks(name: string): readonly HclBlock[]
  /** Refuses the section for a key's sake: at the key, or at the section when it is not set. */
  wrong(name: string & keyof K, text: string): never
  /** Where a key stands, or the section when it is not set. */
  at(name: string & keyof K): Position
  isSet(name: string & keyof K): boolean
}

/** Declares a section; the rest of its parts may be left out. */
export function section<const K extends Keys>(
  parts: Pick<Section<K>, 'title' | 'about' | 'example' | 'keys'> & Partial<Section<K>>,
): Section<K> {
  return { blocks: {}, ignored: {}, refused: {}, ...parts }
}

/**
 * Reads the keys and finds the blocks of a section.
 *
 * @throws invalid_config for an unknown, repeated or ill-formed key, with its line and column
 */
export function readSection<K extends Keys>(
  section: Section<K>,
  body: HclObject,
  reader: Reader,
  title = section.title,
): Read<K> {
  const { source } = reader
  const refuse = (at: Position, text: string): never =>
    failAt(source, at, `${title === '' ? '' : `${title}: `}${text}`)
  const entries = new Map<string, HclEntry>()
  const blocks = new Map<string, HclBlock[]>()
  for (const entry of body.entries) {
    const name = entry.key
    if (Object.hasOwn(section.blocks, name)) {
      const found = blocksOf(entry, section.blocks[name] ?? 0, name, source)
      blocks.set(name, [...(blocks.get(name) ?? []), ...found])
    } else if (Object.hasOwn(section.keys, name)) {
      if (entries.has(name)) refuse(entry.at, `${name} is set twice`)
      if (entry.labels.length > 0) refuse(entry.at, `${name} takes no label`)
      entries.set(name, entry)
    } else if (Object.hasOwn(section.ignored, name)) {
      reader.warn(
        entry.at,
        `${title === '' ? '' : `${title}: `}${name} has no effect: ${section.ignored[name]}`,
      )
    } else if (Object.hasOwn(section.refused, name)) {
      refuse(entry.at, `${name} is not supported: ${section.refused[name]}`)
    } else {
      refuse(entry.at, `unknown key ${JSON.stringify(name)}`)
    }
  }
  const values = Object.entries(section.keys).map(([name, key]) => {
    const value = entries.get(name)?.value
    if (value !== undefined) return [name, key.read(value, (text) => refuse(value.at, `${name} ${text}`))]
    return [name, key.needed ? refuse(body.at, `${name} is missing`) : key.fallback]
  })
  const at = (name: string) => entries.get(name)?.value.at ?? body.at
  return {
    start: body.at,
    // Each value was read by the key that gives it its type.
    values: Object.fromEntries(values) as Values<K>,
    blocks: (name) => blocks.get(name) ?? [],
    wrong: (name, text) => refuse(at(name), text),
    at,
    isSet: (name) => entries.has(name),
  }
}

/** The one block of a kind, or undefined; a second one is refused. */
export function onlyBlock(
  blocks: readonly HclBlock[],
  name: string,
  { source }: Reader,
): HclBlock | undefined {
  const second = blocks[1]
  if (second !== undefined) failAt(source, second.at, `only one ${name} block is allowed`)
  return blocks[0]
}
