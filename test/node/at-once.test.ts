import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'

const many = 20
const together = <T>(work: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: many }, (_, i) => work(i)))

describe('requests at the same time', () => {
  let server: TestNode
  before(async () => {
    server = await startTestNode()
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    await server.ask('write', 'kv/a', { fields: { k: 'v' } })
  })
  after(() => server.stop())

  const wrapped = async () => {
    const reply = await server.ask('read', 'kv/a', { wrapTtl: 600 })
    return ('wrap' in reply ? reply.wrap?.token : undefined) ?? assert.fail('nothing was wrapped')
  }
  const answered = <T extends Parameters<typeof codeOf>[0]>(replies: readonly T[]) =>
    replies.filter((reply) => codeOf(reply) === undefined)

  test('open a wrapped answer once', async () => {
    const token = await wrapped()
    const own = await together(() => server.ask('write', 'sys/wrapping/unwrap', { token }))
    assert.deepEqual(answered(own).map(dataOf), [{ k: 'v' }])
    const sent = { fields: { token: await wrapped() } }
    const others = await together(() => server.ask('write', 'sys/wrapping/unwrap', sent))
    assert.deepEqual(answered(others).map(dataOf), [{ k: 'v' }])
  })

  test('exchange a wrapping token once, and either open it or exchange it', async () => {
    const fields = { token: await wrapped() }
    const replies = await together((i) =>
      server.ask('write', `sys/wrapping/${i % 2 === 0 ? 'rewrap' : 'unwrap'}`, { fields }),
    )
    assert.equal(answered(replies).length, 1)
  })

  test('that each mount something are all there afterwards', async () => {
    const replies = await together((i) => server.ask('write', `sys/mounts/m${i}`, { fields: { type: 'kv' } }))
    assert.equal(answered(replies).length, many)
    const mounts = Object.keys(dataOf(await server.ask('read', 'sys/mounts')))
    for (let i = 0; i < many; i++) assert.ok(mounts.includes(`m${i}/`), `m${i}`)
  })

  test('that mount at one path, or take one name, are one of them', async () => {
    const mounts = await together(() => server.ask('write', 'sys/mounts/one', { fields: { type: 'kv' } }))
    assert.equal(answered(mounts).length, 1)
    const tokens = await together(() =>
      server.ask('write', 'auth/token/create', { fields: { id: 'chosen' } }),
    )
    assert.equal(answered(tokens).length, 1)
  })

  test('that make children of a token that is being revoked leave none alive', async () => {
    for (let round = 0; round < 5; round++) {
      const parent = tokenOf(
        await server.ask('write', 'auth/token/create', { fields: { policies: ['root'] } }),
      )
      const replies = await together((i) =>
        i === many / 2
          ? server.ask('write', 'auth/token/revoke', { fields: { token: parent } })
          : server.ask('write', 'auth/token/create', { token: parent, fields: {} }),
      )
      for (const reply of answered(replies)) {
        if (!('auth' in reply) || reply.auth === undefined) continue
        const token = reply.auth.client_token
        assert.equal(
          codeOf(await server.ask('read', 'auth/token/lookup-self', { token })),
          'permission_denied',
        )
      }
    }
  })
})
