import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { CofferError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { type Program, program } from '../../src/core/version.ts'
import type { StorageKey, Store } from '../../src/storage/store.ts'
import { temporaryFile } from '../support/folder.ts'
import { codeOf, dataOf, startTestNode, type TestNode, type TestNodeOptions } from '../support/node.ts'

const formatKey = 'cluster/format' as StorageKey
const { newest } = program.formats
const newer: Program = { ...program, version: '9.0.0', formats: { oldest: 1, newest: newest + 1 } }

/** What a newer version does once every node can read its format. */
async function announce(store: Store, format: { minReader: number; minWriter: number }): Promise<void> {
  assert.ok(
    (await store.commit({ put: [{ key: formatKey, value: Buffer.from(JSON.stringify(format)) }] })).ok,
  )
}

/** This version and a newer one on one store. */
async function twoVersions(t: TestContext) {
  const path = temporaryFile()
  const unusable: CofferError[] = []
  const older = await startTestNode({ path, unusable: (error) => unusable.push(error) })
  const join = (options: TestNodeOptions) => startTestNode({ path, cluster: older, process: 1, ...options })
  const young = await join({ program: newer })
  t.after(async () => {
    await young.stop()
    await older.stop()
  })
  return { older, young, unusable, join }
}

const write = async (node: TestNode, v: number) => codeOf(await node.ask('write', 'kv/a', { fields: { v } }))
const read = async (node: TestNode) => {
  const reply = await node.ask('read', 'kv/a')
  return reply instanceof CofferError ? reply.code : dataOf(reply).v
}

async function status(node: TestNode): Promise<unknown> {
  const reply = await node.ask('read', 'sys/health', { token: '' })
  return reply instanceof CofferError ? reply.code : reply.status
}

describe('two versions on one store', () => {
  test('serve side by side, and tell which is which', async (t) => {
    const { older, young } = await twoVersions(t)
    await older.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    for (const [writer, reader, v] of [
      [older, young, 1],
      [young, older, 2],
    ] as const) {
      assert.equal(await write(writer, v), undefined)
      assert.equal(await read(reader), v)
    }
    await older.node.tend()
    const nodes = dataOf(await older.ask('read', 'sys/ha-status')).nodes as JsonObject[]
    assert.deepEqual(
      nodes.map((one) => one.version),
      [program.version, '9.0.0'],
    )
  })

  test('end with the older one as soon as it cannot read the format any more, while it serves', async (t) => {
    for (const format of [
      { minReader: newest + 1, minWriter: newest + 1 },
      { minReader: newest, minWriter: newest + 1 },
    ]) {
      const { older, young, unusable } = await twoVersions(t)
      await older.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
      await write(older, 1)
      await announce(young.store, format)
      await older.node.tend()
      const text = `the data is of format ${newest + 1} and this version knows ${newest}: use a newer one`
      assert.deepEqual(
        unusable.map(({ code, message }) => [code, message]),
        [['storage_format', text]],
      )
      assert.ok(older.reports.some((report) => report.includes(text)))
      assert.equal(await read(older), 'sealed')
      assert.deepEqual([await write(young, 2), await read(young)], [undefined, 2])
    }
  })

  test('let the older one write nothing, even before it has noticed', async (t) => {
    const { older, young, unusable } = await twoVersions(t)
    await older.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    await write(young, 1)
    await announce(young.store, { minReader: newest + 1, minWriter: newest + 1 })
    assert.notEqual(await write(older, 2), undefined)
    assert.equal(await read(young), 1)
    assert.equal(unusable.length, 1)
    assert.equal(await read(older), 'sealed')
  })

  test('do not start with the older one on a format that it cannot read', async (t) => {
    const { young, join } = await twoVersions(t)
    await announce(young.store, { minReader: newest + 1, minWriter: newest + 1 })
    await assert.rejects(join({ process: 2 }), { code: 'storage_format' })
    const third = await join({ process: 2, program: newer })
    assert.equal(await status(third), 200)
    await third.stop()
  })
})
