import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { StorageKey } from '../../src/storage/store.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-crash-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the writing process and kills it after this many acknowledgements. @returns what was acknowledged */
async function writeUntilKilled(path: string, round: number, afterCommits: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('writing.ts', import.meta.url)), path, String(round)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(child, 'exit')
  let text = ''
  let killed = false
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
    if (!killed && text.split('\n').length > afterCommits) killed = child.kill('SIGKILL')
  })
  await Promise.all([ended, once(child.stdout, 'close')])
  assert.ok(killed, 'the process ended by itself')
  // The last line may be cut.
  return text.split('\n').slice(0, -1)
}

describe('a process killed in the middle of thousands of commits', () => {
  test('has lost no acknowledged write and left no half transaction', async () => {
    const path = join(folder, 'store')
    const acknowledged: string[] = []
    for (const [round, commits] of [700, 1900, 3100].entries()) {
      acknowledged.push(...(await writeUntilKilled(path, round, commits)))
    }
    assert.ok(acknowledged.length > 5000)
    // The lock of the dead process is gone with it.
    const store = await openSqlite({ path })
    for (let at = 0; at < acknowledged.length; at += 200) {
      const names = acknowledged.slice(at, at + 200)
      const rows = await store.read(names.map((name) => `left/${name}` as StorageKey))
      assert.ok(rows.every((row) => typeof row === 'object' && row.value.length === 300))
    }
    const all = async (side: string) => {
      const keys: string[] = []
      for (let last: string | undefined; ; ) {
        const page = await store.scan(`${side}/`, { after: last, limit: 1000 })
        keys.push(...page.rows.map(({ key }) => key.slice(side.length)))
        last = page.rows.at(-1)?.key
        if (!page.more) return keys
      }
    }
    assert.deepEqual(await all('left'), await all('right'))
    assert.deepEqual(await store.check(), [])
    await store.close()
  })
})
