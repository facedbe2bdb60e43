import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { root } from '../support/server.ts'
import { sources } from './sources.ts'

type Import = { readonly from: string; readonly to: string; readonly isType: boolean }

// dependency-cruiser, which holds the layers of src/, reads no JSX.
const pattern =
  /^\s*(?:import|export)\s+(type\s)?[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm

/** What a file imports: paths of ours from the repository's folder, and others as they are written. */
function importsOf(from: string, text: string): Import[] {
  return [...text.matchAll(pattern)].map(([, type, named, loaded]) => {
    const specifier = named ?? loaded ?? ''
    const to = specifier.startsWith('.') ? join(dirname(from), specifier) : specifier
    return { from, to, isType: type !== undefined }
  })
}

/** What the page may take from src/: the client and what it stands on, and what the page reads itself: policies and audit logs. */
const shared = /^src\/(?:client\/|base\/|audit\/check\/|policy\/(?:parse|rule)\.ts$)/

/** What is wrong with an import of the page; undefined where nothing is. */
function fault({ from, to }: Import): string | undefined {
  const view = /^web\/src\/views\/([^/]+)\//.exec(from)?.[1]
  const other = /^web\/src\/views\/([^/]+)\//.exec(to)?.[1]
  if (to.startsWith('node:')) return 'nothing of Node is in browsers'
  if (/^(?:src|test|bench|scripts)\//.test(to) && !shared.test(to)) {
    return 'the page takes from src/ the client alone, what that stands on, and what it reads itself'
  }
  if (other !== undefined && view !== other) return 'views are nobody’s parts'
  if (/^web\/src\/(?:api|texts|crypt)\//.test(from) && /^web\/src\/(?:parts|app|views)\//.test(to)) {
    return 'what is asked and what is said know nothing of what is shown'
  }
  return undefined
}

/** What of the navigation each view takes for itself: its place in a group, and its letter behind `g`. */
function takenBy(text: string): string[] {
  const group = /group: '(\w+)'/.exec(text)?.[1]
  const order = /order: (\d+)/.exec(text)?.[1]
  const key = /key: '(\w)'/.exec(text)?.[1]
  return [...(group === undefined ? [] : [`${group} ${order}`]), ...(key === undefined ? [] : [`g ${key}`])]
}

const files = sources().filter(({ path }) => /^web\/src\/.*\.tsx?$/.test(path))

describe('the imports of the page', () => {
  test('there are some to look at', () => {
    assert.ok(files.flatMap(({ path, text }) => importsOf(path, text)).length > 100)
  })

  test('are of browsers, of the client and of parts, never of other views', () => {
    const faults = files
      .flatMap(({ path, text }) => importsOf(path, text))
      .flatMap((one) => (fault(one) === undefined ? [] : [`${one.from} -> ${one.to}: ${fault(one)}`]))
    assert.deepEqual(faults, [])
  })

  test('bring nothing of Node along from the client', () => {
    const seen = new Set<string>()
    const reached: string[] = []
    const walk = (path: string): void => {
      if (seen.has(path) || !existsSync(join(root, path))) return
      seen.add(path)
      for (const { to, isType } of importsOf(path, readFileSync(join(root, path), 'utf8'))) {
        if (to.startsWith('node:') && !isType) reached.push(`${path} -> ${to}`)
        if (to.endsWith('.ts') && !isType) walk(to)
      }
    }
    for (const { path } of files) walk(path)
    assert.ok(seen.has('src/client/browser.ts'))
    assert.deepEqual(reached, [])
  })

  test('are refused where they are not so', () => {
    const from = 'web/src/views/one/page.tsx'
    for (const to of [
      'node:fs',
      'src/core/server.ts',
      'src/policy/evaluate.ts',
      'web/src/views/two/page.tsx',
    ]) {
      assert.notEqual(fault({ from, to, isType: false }), undefined, to)
    }
    const upwards = { from: 'web/src/api/a.ts', to: 'web/src/parts/b.ts', isType: false }
    assert.notEqual(fault(upwards), undefined)
    for (const to of [
      'react',
      'src/client/browser.ts',
      'web/src/parts/dialog.tsx',
      'web/src/views/one/x.ts',
    ]) {
      assert.equal(fault({ from, to, isType: false }), undefined, to)
    }
  })
})

describe('the navigation of the page', () => {
  test('has one place and one letter for each view', () => {
    const taken = files
      .filter(({ path }) => /^web\/src\/views\/[^/]+\/view\.tsx$/.test(path))
      .flatMap(({ text }) => takenBy(text))
    assert.ok(taken.includes('secrets 10') && taken.includes('g s'), taken.join())
    assert.deepEqual(
      taken.filter((one, index) => taken.indexOf(one) !== index),
      [],
    )
  })
})
