import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { parseConfig } from '../../src/core/config/config.ts'
import { openBeside, openStorage } from '../../src/storage/open.ts'
import type { StorageKey } from '../../src/storage/store.ts'
import { temporaryFile } from '../support/folder.ts'
import { requires } from '../support/requires.ts'
import { sharedStores } from '../support/stores.ts'

const key = (name: string) => `ns/root/${name}` as StorageKey

for (const { type, missing, start } of sharedStores) {
  describe(`a tool beside servers on ${type}`, { timeout: 60_000, ...requires(missing) }, () => {
    it('works with the state folder of a server that runs, and takes the seat of none', async (t) => {
      const shared = await start()
      t.after(() => shared.stop())
      const folder = dirname(temporaryFile())
      const file = join(folder, 'coffer.hcl')
      const text = `${(await shared.newStorage())(folder)}\nlistener "tcp" {\n  tls_disable = true\n}\n`
      writeFileSync(file, text)
      const settings = parseConfig(text, { file }).config.storage
      const write = async (store: Awaited<ReturnType<typeof openBeside>>, name: string) => {
        const put = [{ key: key(name), value: Buffer.from(name) }]
        assert.ok((await store.commit({ put })).ok)
      }
      // There first, so that the lowest seat would be its own.
      const tool = await openBeside(settings)
      const first = await openStorage(settings)
      const second = await openStorage(settings)
      assert.deepEqual([first.seat.process, second.seat.process], [0, 1])
      assert.equal(second.seat.node, first.seat.node)
      const other = await openBeside(settings)
      const stores = { tool, first: first.store, second: second.store, other }
      // None of them takes the name of another in the store, which would end the older one.
      for (let round = 0; round < 3; round++) {
        for (const [name, store] of Object.entries(stores)) await write(store, `${name}${round}`)
      }
      assert.equal((await first.store.scan('ns/root/', { limit: 100 })).rows.length, 12)
      await first.store.close()
      await other.close()
      const again = await openStorage(settings)
      assert.deepEqual(again.seat, first.seat)
      await write(tool, 'late')
      assert.ok(typeof (await again.store.read([key('late')]))[0] === 'object')
      await Promise.all([again.store.close(), second.store.close(), tool.close()])
      const names = readdirSync(join(folder, 'state')).filter((name) => name.includes('.process'))
      assert.deepEqual(names.filter((name) => !name.endsWith('-journal')).sort(), [
        'node.process0',
        'node.process1',
        'tool.process0',
        'tool.process1',
      ])
    })
  })
}
