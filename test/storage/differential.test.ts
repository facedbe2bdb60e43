import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { openEtcd } from '../../src/storage/etcd/store.ts'
import { compareKeys } from '../../src/storage/keys.ts'
import { openPostgres } from '../../src/storage/postgres/store.ts'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { Commit, Reader, Snapshot, StorageKey, Store, Version } from '../../src/storage/store.ts'
import { missingEtcd, startEtcd } from '../support/etcd.ts'
import { missingPostgres, startPostgres } from '../support/postgres.ts'
import { requires } from '../support/requires.ts'
import { openProcess, type StoreProcess, temporaryFolder } from './child.ts'

const names = ['a', 'b', 'a/x', 'a/y', 'a/y/z', 'a-', 'a0', 'é/1', '\u{10000}', '\uffee', 'b/0', 'b/1/2/3']
const prefixes = ['', 'a/', 'a/y/', 'b/', 'é/', 'none/']
/** Folders that the store holds each run's rows under, so that one store serves all runs. */
let run = 0

const name = fc.constantFrom(...names)
const page = fc.record({
  after: fc.option(fc.constantFrom(...names, 'a/', 'b/1/'), { nil: undefined }),
  limit: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
})
/** By which handle on the file, the owner's or the other process's, something is done. */
const guest = fc.boolean()
const commit = fc.record({
  kind: fc.constant('commit' as const),
  guest,
  put: fc.uniqueArray(fc.record({ name, size: fc.integer({ min: 0, max: 20 }) }), {
    maxLength: 3,
    selector: (row) => row.name,
  }),
  gone: fc.uniqueArray(name, { maxLength: 2 }),
  // What is expected of a row: what it is, that it is not there, or what it was once.
  expect: fc.uniqueArray(fc.record({ name, which: fc.constantFrom('present', 'absent', 'first') }), {
    maxLength: 3,
    selector: (row) => row.name,
  }),
  empty: fc.array(fc.constantFrom(...prefixes.slice(1)), { maxLength: 1 }),
})
const step = fc.oneof(
  { weight: 4, arbitrary: commit },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      guest,
      names: fc.array(name, { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('list' as const, 'scan' as const),
      guest,
      prefix: fc.constantFrom(...prefixes),
      page,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('snapshot' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('look' as const), which: fc.nat(3) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** A row as the model has it: which commit of the run wrote it, and what. */
type Row = { readonly commit: number; readonly text: string }
type Model = ReadonlyMap<string, Row>

/** One store under test: the versions of a store are its own, so each has a table of them. */
type Subject = {
  readonly handles: readonly [
    Pick<Store, 'commit' | 'read' | 'list' | 'scan'>,
    Pick<Store, 'commit' | 'read' | 'list' | 'scan'>,
  ]
  readonly snapshot: () => Snapshot
  readonly versions: Map<number, Version>
}

function children(model: Model, prefix: string): string[] {
  const found = new Set<string>()
  for (const key of model.keys()) {
    if (key.startsWith(prefix)) found.add(/^[^/]*\/?/.exec(key.slice(prefix.length))?.[0] ?? '')
  }
  return [...found].sort(compareKeys)
}

function pageOf<T>(all: readonly T[], key: (item: T) => string, { after: from, limit = 1000 }: Page) {
  const rest = from === undefined ? all : all.filter((item) => compareKeys(key(item), from) > 0)
  return { items: rest.slice(0, limit), more: rest.length > limit }
}
type Page = { readonly after?: string | undefined; readonly limit?: number | undefined }

/** What a reader says, against the model. */
async function compare(
  reader: Pick<Reader, 'read' | 'list' | 'scan'>,
  step: Step,
  model: Model,
  base: string,
  { versions }: Subject,
) {
  if (step.kind === 'read') {
    const keys = step.names.map((text) => (base + text) as StorageKey)
    const expected = step.names.map((text) => model.get(text))
    const plain = await reader.read(keys)
    assert.deepEqual(
      plain.map((row) => (typeof row === 'object' ? [row.version, Buffer.from(row.value).toString()] : row)),
      expected.map((row) => row && [versions.get(row.commit), row.text]),
    )
    const known = expected.map((row) => row && versions.get(row.commit))
    assert.deepEqual(
      await reader.read(keys, known),
      expected.map((row) => row && 'unchanged'),
    )
  }
  if (step.kind === 'list') {
    const { items, more } = pageOf(children(model, step.prefix), (child) => child, step.page)
    assert.deepEqual(await reader.list(base + step.prefix, step.page), { names: items, more })
  }
  if (step.kind === 'scan') {
    const rows = [...model]
      .filter(([key]) => key.startsWith(step.prefix))
      .sort(([a], [b]) => compareKeys(a, b))
    const { items, more } = pageOf(rows, ([key]) => key, step.page)
    const found = await reader.scan(base + step.prefix, {
      ...step.page,
      after: step.page.after === undefined ? undefined : base + step.page.after,
    })
    assert.deepEqual(
      found.rows.map(({ key, value, version }) => [key, Buffer.from(value).toString(), version]),
      items.map(([key, { commit: by, text }]) => [base + key, text, versions.get(by)]),
    )
    assert.equal(found.more, more)
  }
}

/** What a snapshot is asked: everything. */
const everything: readonly Step[] = [
  { kind: 'read', guest: false, names },
  ...prefixes.flatMap((prefix): Step[] => [
    { kind: 'list', guest: false, prefix, page: { after: undefined, limit: undefined } },
    { kind: 'list', guest: false, prefix, page: { after: 'a', limit: 2 } },
    { kind: 'scan', guest: false, prefix, page: { after: undefined, limit: 3 } },
  ]),
]

test('a store in memory, one on a file and another process on that file do what a plain map does', async () => {
  const path = join(temporaryFolder(), 'store')
  const [memory, file] = [await openSqlite({ path: ':memory:' }), await openSqlite({ path })]
  const other: StoreProcess = await openProcess({ path })
  try {
    await compareAll(
      () => [
        { handles: [memory, memory], snapshot: () => memory.snapshot(), versions: new Map() },
        { handles: [file, other], snapshot: () => file.snapshot(), versions: new Map() },
      ],
      150,
    )
    assert.deepEqual(await file.check(), [])
    assert.deepEqual(await memory.check(), [])
  } finally {
    for (const store of [other, file, memory]) await store.close()
  }
})

test(
  'a store in PostgreSQL, of two processes, does what one in memory does',
  requires(missingPostgres),
  async () => {
    const server = await startPostgres()
    const options = server.options(await server.newSchema())
    const memory = await openSqlite({ path: ':memory:' })
    const open = (process: number) => openPostgres({ ...options, seat: { node: 'test', process } })
    const stores = [open(0), open(1)] as const
    try {
      const [first, second] = await Promise.all(stores)
      await compareAll(
        () => [
          { handles: [memory, memory], snapshot: () => memory.snapshot(), versions: new Map() },
          { handles: [first, second], snapshot: () => first.snapshot(), versions: new Map() },
        ],
        60,
      )
    } finally {
      for (const store of await Promise.all(stores)) await store.close()
      await memory.close()
      await server.dispose()
    }
  },
)

test('a store in etcd, of two processes, does what one in memory does', requires(missingEtcd), async () => {
  const cluster = await startEtcd()
  const memory = await openSqlite({ path: ':memory:' })
  const stores = ['one', 'two'].map((node) => openEtcd({ endpoints: cluster.urls, node }))
  try {
    const [first, second] = await Promise.all(stores)
    assert.ok(first !== undefined && second !== undefined)
    await compareAll(
      () => [
        { handles: [memory, memory], snapshot: () => memory.snapshot(), versions: new Map() },
        { handles: [first, second], snapshot: () => first.snapshot(), versions: new Map() },
      ],
      60,
    )
    assert.deepEqual(await first.check(), [])
  } finally {
    for (const store of await Promise.all(stores)) await store.close()
    await memory.close()
    await cluster.stop()
  }
})

async function compareAll(newSubjects: () => Subject[], numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const base = `run${++run}/`
      const subjects = newSubjects()
      let model: Model = new Map()
      let count = 0
      const firsts = new Map<string, number>()
      const snapshots: { model: Model; of: Snapshot[] }[] = []

      for (const next of steps) {
        if (next.kind === 'snapshot') {
          const of = subjects.map(({ snapshot }) => snapshot())
          // Its instant is that of its first answer.
          for (const one of of) await one.read([(base + names[0]) as StorageKey])
          snapshots.push({ model, of })
        } else if (next.kind === 'look') {
          const taken = snapshots[next.which % Math.max(snapshots.length, 1)]
          for (const [i, one] of (taken?.of ?? []).entries()) {
            for (const question of everything) {
              await compare(one, question, (taken as { model: Model }).model, base, subjects[i] as Subject)
            }
          }
        } else if (next.kind === 'commit') {
          const expected = next.expect.map(({ name: text, which }) => ({
            text,
            commit:
              which === 'present'
                ? model.get(text)?.commit
                : which === 'first'
                  ? firsts.get(text)
                  : undefined,
          }))
          const conflicts = [
            ...expected
              .filter(({ text, commit: by }) => model.get(text)?.commit !== by)
              .map(({ text }) => text),
            ...next.empty.filter((prefix) => [...model.keys()].some((key) => key.startsWith(prefix))),
          ].map((text) => base + text)
          const number = ++count
          const text = (size: number) => `${number}`.padEnd(size, '.')
          for (const subject of subjects) {
            const asked: Commit = {
              expect: expected.map(({ text: key, commit: by }) => ({
                key: (base + key) as StorageKey,
                version: by === undefined ? null : (subject.versions.get(by) as Version),
              })),
              expectEmpty: next.empty.map((prefix) => base + prefix),
              put: next.put.map(({ name: key, size }) => ({
                key: (base + key) as StorageKey,
                value: Buffer.from(text(size)),
              })),
              delete: next.gone.map((key) => (base + key) as StorageKey),
            }
            const result = await subject.handles[next.guest ? 1 : 0].commit(asked)
            if (result.ok) {
              assert.ok(![...subject.versions.values()].includes(result.version), 'a version comes twice')
              subject.versions.set(number, result.version)
            }
            assert.deepEqual(result.ok ? [] : result.conflicts, conflicts)
          }
          if (conflicts.length === 0) {
            const changed = new Map(model)
            for (const key of next.gone) changed.delete(key)
            for (const { name: key, size } of next.put) {
              changed.set(key, { commit: number, text: text(size) })
              if (!firsts.has(key)) firsts.set(key, number)
            }
            model = changed
          }
        } else {
          for (const subject of subjects) {
            await compare(subject.handles[next.guest ? 1 : 0], next, model, base, subject)
          }
        }
      }
      for (const { of } of snapshots) for (const one of of) one.release()
    }),
    { numRuns },
  )
}
