import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { describe, test } from 'node:test'
import { root } from '../support/server.ts'

const cruiser = join(root, 'node_modules', '.bin', 'depcruise')
const rules = join(root, '.dependency-cruiser.cjs')

/** Imports as `FROM -> TO`, of types alone as `FROM => TO`. Answers the names of the rules that a tree with them breaks. */
function broken(...imports: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-layers-'))
  try {
    const sources = new Map<string, string>()
    for (const line of imports) {
      const [from = '', arrow, to = ''] = line.split(' ')
      const statement = arrow === '=>' ? 'export type' : 'export'
      const path = relative(dirname(from), to)
      const specifier = path.startsWith('.') ? path : `./${path}`
      sources.set(from, `${sources.get(from) ?? ''}${statement} * from '${specifier}'\n`)
      if (!sources.has(to)) sources.set(to, '')
    }
    for (const [file, text] of sources) {
      mkdirSync(join(folder, dirname(file)), { recursive: true })
      writeFileSync(join(folder, file), `${text}export const here = 1\n`)
    }
    const args = ['--config', rules, '--output-type', 'json', 'src']
    const { stdout, stderr } = spawnSync(cruiser, args, { cwd: folder, encoding: 'utf8' })
    assert.notEqual(stdout, '', stderr)
    const { summary } = JSON.parse(stdout)
    assert.ok(summary.totalDependenciesCruised >= imports.length, 'the planted imports were not seen')
    const names: string[] = summary.violations.map(
      (violation: { rule: { name: string } }) => violation.rule.name,
    )
    return [...new Set(names)].sort()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('the rule that imports point down only', () => {
  test('lets a tree pass whose imports point down', () => {
    const imports = [
      'src/http/a.ts -> src/core/b.ts',
      'src/core/b.ts -> src/engines/kv1/c.ts',
      'src/engines/kv1/c.ts -> src/backend/d.ts',
      'src/cli/e.ts -> src/client/f.ts',
      'src/client/f.ts -> src/base/g.ts',
    ]
    assert.deepEqual(broken(...imports), [])
  })

  test('refuses an import that points up, from every layer', () => {
    assert.deepEqual(broken('src/base/a.ts -> src/storage/b.ts'), ['base-imports-down-only'])
    assert.deepEqual(broken('src/storage/a.ts -> src/barrier/b.ts'), ['storage-imports-down-only'])
    assert.deepEqual(broken('src/token/a.ts -> src/backend/b.ts'), ['token-imports-down-only'])
    assert.deepEqual(broken('src/engines/kv1/a.ts -> src/core/b.ts'), ['engines-imports-down-only'])
    assert.deepEqual(broken('src/core/a.ts -> src/http/b.ts'), ['core-imports-down-only'])
  })

  test('refuses it for types too', () => {
    assert.deepEqual(broken('src/policy/a.ts => src/http/types.ts'), ['policy-imports-down-only'])
  })

  test('keeps engines and auth methods apart from each other', () => {
    assert.deepEqual(broken('src/engines/kv1/a.ts -> src/engines/cubbyhole/b.ts'), ['siblings-stay-apart'])
    assert.deepEqual(broken('src/auth/jwt/a.ts -> src/auth/token/b.ts'), ['siblings-stay-apart'])
  })

  test("keeps the client free of the server, and commands free of the server's insides", () => {
    assert.deepEqual(broken('src/client/a.ts -> src/token/b.ts'), ['client-stands-alone'])
    assert.deepEqual(broken('src/cli/kv/a.ts -> src/engines/kv1/b.ts'), ['cli-uses-the-client'])
  })

  test('refuses circles', () => {
    const circle = ['src/base/a.ts -> src/base/b.ts', 'src/base/b.ts -> src/base/a.ts']
    assert.deepEqual(broken(...circle), ['no-circles'])
  })

  test('keeps tests out of what ships', () => {
    assert.deepEqual(broken('src/base/a.ts -> src/base/b.test.ts'), ['tests-are-not-imported'])
  })
})
