import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startChild } from '../../bench/process.ts'
import { prepare } from '../../bench/work.ts'
import { temporaryFile } from '../support/folder.ts'

it('answers with success all that the benchmark measures', async (t) => {
  const server = await startChild(temporaryFile('bench'))
  t.after(() => server.stop())
  for (const { name, requests } of await prepare(server)) {
    const [request] = requests
    assert.ok(request !== undefined, name)
    const { method, path, headers, body } = request
    const answer = await fetch(server.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    })
    assert.ok(answer.ok, `${name}: ${answer.status}`)
  }
})
