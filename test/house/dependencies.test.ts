import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { root } from '../support/server.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const { packages } = JSON.parse(read('package-lock.json'))

type Row = { readonly name: string; readonly licence: string; readonly reason: string }

/** The rows of the tables in the document: name, licence, reason. */
const rows: readonly Row[] = [
  ...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` *\| ([^|]+) \| ([^|]+) \|$/gm),
].map(([, name = '', licence = '', reason = '']) => ({
  name,
  licence: licence.trim(),
  reason: reason.trim(),
}))

// Permissive licences, and MPL, which asks only for changes to its own files.
const allowed = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'Apache-2.0',
  'MPL-2.0',
  'Python-2.0',
  'CC0-1.0',
  'Unlicense',
  'Zlib',
])

/** Whether a licence expression (SPDX, with OR and AND) leaves a choice that is allowed. */
const isAllowed = (expression: string): boolean =>
  expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => allowed.has(licence)))

describe('docs/dependencies.md', () => {
  test('names every direct dependency once, and nothing else', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'))
    const direct = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).sort()
    assert.deepEqual(rows.map(({ name }) => name).sort(), direct)
  })

  test('gives the licence that each package declares, and a reason', () => {
    for (const { name, licence, reason } of rows) {
      assert.equal(licence, packages[`node_modules/${name}`]?.license, name)
      assert.ok(reason.length > 20, `${name} has no reason`)
    }
  })
})

describe('the licences of everything installed', () => {
  test('are permissive, or MPL', () => {
    const others = Object.entries<{ license?: string }>(packages).filter(
      ([path, { license }]) => path !== '' && !isAllowed(license ?? 'none'),
    )
    assert.deepEqual(
      others.map(([path, { license }]) => `${path}: ${license ?? 'none'}`),
      [],
    )
  })
})
