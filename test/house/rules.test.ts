import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { root } from '../support/server.ts'
import { find, sources } from './sources.ts'

const files = sources()
const code = files.filter(({ path }) => /\.(?:ts|tsx|mjs|cjs|py)$/.test(path))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
/** A pattern put together from parts, so that it does not find itself. */
const any = (...words: readonly [string, string][]): RegExp =>
  new RegExp(`\\b(?:${words.map((parts) => parts.join('')).join('|')})\\b`)

describe('the rules of the house', () => {
  test('there is something to look at', () => {
    assert.ok(files.some(({ path }) => path === 'package.json'))
    assert.ok(code.some(({ path }) => path === 'src/base/errors.ts'))
  })

  test('nothing is left to be done later', () => {
    assert.deepEqual(find(files, any(['TO', 'DO'], ['FIX', 'ME'], ['XX', 'X'], ['HA', 'CK'])), [])
  })

  test('no file has more than 700 lines', () => {
    // What is generated from a description is read there.
    const written = code.filter(({ path }) => !/_pb\.(d\.ts|js)$/.test(path))
    const long = written.filter(({ text }) => text.split('\n').length > 701)
    assert.deepEqual(
      long.map(({ path }) => path),
      [],
    )
  })

  test('no test runs alone and no type error is hidden', () => {
    assert.deepEqual(find(code, /\b(?:test|describe|it)\.only\(|\bonly: true\b/), [])
    assert.deepEqual(find(code, any(['@ts-', 'ignore'], ['@ts-', 'nocheck'])), [])
  })

  test('the lock file and the settings of npm name no registry', () => {
    const lock = JSON.parse(read('package-lock.json'))
    const resolved = Object.entries<{ resolved?: string }>(lock.packages).filter(
      ([, entry]) => entry.resolved !== undefined,
    )
    assert.deepEqual(resolved, [])
    assert.doesNotMatch(read('.npmrc'), /registry\s*=/)
    assert.deepEqual(find(files, /--(?:extra-)?index-url|\bregistry\.npm/), [])
  })

  test('the lock file has the integrity of everything but tools for other kinds of machine', () => {
    const lock = JSON.parse(read('package-lock.json'))
    type Entry = { integrity?: string; dev?: boolean; optional?: boolean }
    const without = Object.entries<Entry>(lock.packages).filter(
      ([path, { integrity, dev, optional }]) => path !== '' && integrity === undefined && !(dev && optional),
    )
    assert.deepEqual(
      without.map(([path]) => path),
      [],
    )
  })

  test('package.json names exact versions', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'))
    const versions = Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies })
    assert.deepEqual(
      versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    )
  })
})
