import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { de } from '../../web/src/texts/de/index.ts'
import { en } from '../../web/src/texts/en/index.ts'
import { sources } from './sources.ts'

/** The files in which texts are used. */
const users = sources()
  .filter(({ path }) => /^web\/src\/.*\.tsx?$/.test(path) && !/^web\/src\/texts\/(?:en|de)\//.test(path))
  .map(({ text }) => text)

const isGroup = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The names of all texts in a catalogue, each with those of the groups that it is in. */
const pathsOf = (value: object, above: readonly string[] = []): string[][] =>
  Object.entries(value).flatMap(([name, inner]) =>
    isGroup(inner) ? pathsOf(inner, [...above, name]) : [[...above, name]],
  )

const quoted = (name: string): string => name.replace(/[^\w]/g, '\\$&')
const isFound = (pattern: string): boolean => users.some((text) => new RegExp(pattern).test(text))

/** Whether something takes a text, as far as it can be told without running it: by its name, or its whole group. */
function isUsed(path: readonly string[]): boolean {
  const name = quoted(path.at(-1) ?? '')
  const group = path.length > 1 ? quoted(path.at(-2) ?? '') : undefined
  // Which of a group is taken is decided as the page runs, or all of it is given away.
  if (group !== undefined && isFound(`\\b${group}\\s*(?:\\?\\.)?\\[`)) return true
  if (path.length > 2 && isFound(`\\.${group}\\b(?![ \\t]*[.?\\w]|\\s*\\.)`)) return true
  const named = new RegExp(`\\.${name}\\b|['"\`]${name}['"\`]|[{,]\\s*${name}\\s*[,:}]`)
  return users.some(
    (text) => named.test(text) && (group === undefined || new RegExp(`\\b${group}\\b`).test(text)),
  )
}

describe('the texts of the page', () => {
  test('there are some to look at', () => {
    assert.ok(pathsOf(en).some((path) => path.join('.') === 'secret.new'))
    assert.ok(users.length > 100)
  })

  test('are all used', () => {
    const unused = pathsOf(en).filter((path) => !isUsed(path))
    assert.deepEqual(
      unused.map((path) => path.join('.')),
      [],
    )
  })

  test('are found where nothing uses them', () => {
    assert.equal(isUsed(['secret', 'nobodyTakesThis']), false)
    assert.equal(isUsed(['nobodyKnowsThisPart', 'title']), false)
  })

  test('are the same in every language', () => {
    assert.deepEqual(
      pathsOf(de)
        .map((path) => path.join('.'))
        .sort(),
      pathsOf(en)
        .map((path) => path.join('.'))
        .sort(),
    )
  })
})
