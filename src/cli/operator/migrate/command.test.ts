import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { temporaryFile } from '../../../../test/support/folder.ts'
import { codeOf, startTestNode } from '../../../../test/support/node.ts'
import { openSqlite } from '../../../storage/sqlite/store.ts'
import { run } from '../../program.ts'
import { fakeIo } from '../../testing/fake-io.ts'

async function start(t: TestContext) {
  const path = temporaryFile('old.db')
  const folder = dirname(path)
  const server = await startTestNode({ path })
  t.after(() => server.stop())
  const migrate = async (...args: string[]) => {
    const io = fakeIo({ home: folder })
    return { code: await run(['operator', 'migrate', ...args], io), out: io.out(), error: io.error() }
  }
  return { server, folder, from: `-from=sqlite:${path}`, next: join(folder, 'next.db'), migrate }
}

describe('coffer operator migrate', () => {
  it('shows what was done, as text or as JSON, and how far it is beside it', async (t) => {
    const { from, next, migrate } = await start(t)
    const first = await migrate(from, '-to=sqlite:~/next.db', '-format=json')
    assert.equal(first.code, 0, first.error)
    const report = JSON.parse(first.out)
    assert.deepEqual(
      [report.source, report.destination, report.already, report.sha256.length],
      ['sqlite', 'sqlite', false, 64],
    )
    assert.match(
      first.error,
      /^counting: \d+ rows\ncopying: .*\n(catching up.*\n)*last changes \(nobody is served\).*\n/,
    )
    assert.match(first.error, /Start the servers with the configuration of the new store/)
    assert.ok(existsSync(next))
    const again = await migrate(from, `-to=sqlite:${next}`)
    assert.deepEqual([again.code, again.out], [0, 'The data has moved already\n'])
    const lost = await migrate(from, '-abort', '-target-lost')
    assert.deepEqual([lost.code, lost.out], [0, 'Success! The old store serves again\n'])
    const none = await migrate(from, '-abort', '-target-lost')
    assert.match(none.out, /There is no move to end/)
  })

  it('refuses what names no two stores, and makes none where one has to be', async (t) => {
    const { server, folder, from, next, migrate } = await start(t)
    const listener = 'listener "tcp" {\n  address = "127.0.0.1:0"\n  tls_disable = true\n}\n'
    const memory = join(folder, 'memory.hcl')
    writeFileSync(memory, `storage "inmem" {}\n${listener}`)
    const broken = join(folder, 'broken.hcl')
    writeFileSync(broken, `storage "sqlite" {}\n${listener}`)
    const foreign = join(folder, 'foreign.db')
    writeFileSync(foreign, 'no store at all'.repeat(1000))
    const empty = join(folder, 'empty.db')
    await (await openSqlite({ path: empty })).close()
    const to = `-to=sqlite:${next}`
    const cases: readonly [readonly string[], RegExp][] = [
      [[to], /name the old store by -from/],
      [[from], /name the new store by -to/],
      [[from, '-target-lost'], /-target-lost goes with -abort/],
      [[from, to, '-abort', '-target-lost'], /-target-lost goes with -abort/],
      [[`-from=${memory}`, to], /in memory/],
      [[from, `-to=${memory}`], /in memory/],
      [[`-from=${broken}`, to], /broken\.hcl: .*path.*line 1/],
      [[`-from=${join(folder, 'none.hcl')}`, to], /cannot read .*none\.hcl \(ENOENT\): .*sqlite:FILE/],
      [[`-from=sqlite:${join(folder, 'none.db')}`, to], /there is no store at .*none\.db/],
      [[from, `-to=sqlite:${join(folder, 'none.db')}`, '-abort'], /there is no store at .*none\.db/],
      [[from, `-to=sqlite:${foreign}`], /foreign|not a|no store/],
      [[from, from.replace('from', 'to')], /both are the same store/],
      [[`-from=sqlite:${empty}`, to], /never initialised/],
    ]
    for (const [args, text] of cases) {
      const { code, out, error } = await migrate(...args)
      assert.deepEqual([code, out], [1, ''], args.join(' '))
      assert.match(error, text)
    }
    assert.ok(!existsSync(join(folder, 'none.db')))
    assert.equal(codeOf(await server.ask('read', 'sys/mounts')), undefined)
  })
})
