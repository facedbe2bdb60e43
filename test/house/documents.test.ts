import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { root } from '../support/server.ts'
import { sources } from './sources.ts'

const documents = sources().filter(({ path }) => path.endsWith('.md'))
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** What a pattern's first group finds, as DOCUMENT: TEXT, unless it is right. */
function wrong(pattern: RegExp, isRight: (found: string, document: string) => boolean): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)]
      .map(([, found = '']) => found)
      .filter((found) => !isRight(found, path))
      .map((found) => `${path}: ${found}`),
  )
}

describe('the documents', () => {
  test('link to files that are there', () => {
    const isThere = (link: string, document: string): boolean =>
      /^[a-z]+:/.test(link) || existsSync(join(root, dirname(document), link))
    assert.deepEqual(wrong(/\]\(([^)#\s]+)[^)]*\)/g, isThere), [])
  })

  test('name files and folders of the repository that are there', () => {
    const isThere = (path: string): boolean => existsSync(join(root, path))
    assert.deepEqual(
      wrong(/(?<![\w/.-])((?:src|test|scripts|bench|docs)\/[\w./-]*\w)(?![\w<…*])/g, isThere),
      [],
    )
  })

  test('name scripts of npm that are there', () => {
    const isThere = (name: string): boolean => name in scripts
    assert.deepEqual(wrong(/\bnpm run ([\w-]+(?::[\w-]+)*)/g, isThere), [])
  })
})
