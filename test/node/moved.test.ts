import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { move } from '../../src/core/migrate/migrate.ts'
import { emptyStore, parts, placeOf } from '../support/move.ts'
import { codeOf, startTestNode } from '../support/node.ts'
import { declaredRoutes, mountsOfAll, verbs } from '../support/routes.ts'

/** Tell of the process, or end its service; nothing of them is stored. */
const ofTheProcess = ['sys/leader', 'sys/seal', 'sys/step-down']

describe('a node whose data has moved', () => {
  it('refuses every request on every other route, whatever it has in memory', async (t) => {
    const server = await startTestNode()
    t.after(() => server.stop())
    for (const { path, fields } of mountsOfAll()) await server.ask('write', path, { fields })
    const asked = declaredRoutes()
      .filter(({ path }) => !ofTheProcess.includes(path))
      .flatMap(({ at, operations, open }) =>
        operations.map((operation) => ({ at, operation, token: open ? '' : server.root })),
      )
    assert.ok(asked.length > 200)
    for (const { at, operation, token } of asked) {
      if (verbs[operation] !== 'write' && verbs[operation] !== 'delete') {
        await server.ask(verbs[operation], at, { token })
      }
    }
    await move({ ...parts, from: placeOf(server.store), to: placeOf(await emptyStore(t)) })
    const answered: string[] = []
    for (const { at, operation, token } of asked) {
      const code = codeOf(await server.ask(verbs[operation], at, { token }))
      if (code !== 'storage_moved') answered.push(`${operation} ${at}: ${code ?? 'answered'}`)
    }
    assert.deepEqual(answered, [])
  })
})
