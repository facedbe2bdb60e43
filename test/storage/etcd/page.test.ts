import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../../support/server.ts'

test('docs/etcd.md explains texts of errors that there are', () => {
  const files = globSync('src/storage/etcd/**/*.ts', { cwd: root })
  const code = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  const page = readFileSync(join(root, 'docs', 'etcd.md'), 'utf8')
  const [, table = ''] = page.split('## What errors mean')
  const texts = [...table.matchAll(/^\| (`.*`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? ''),
  )
  assert.ok(texts.length > 10)
  for (const text of texts) assert.ok(code.includes(text), text)
})
