import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identity } from './backend.ts'

/** `r` read, `l` list, `w` write, `d` delete: the routes by which clients of Vault know the store. */
const known = `
alias w, alias/id l, alias/id/{id} rwd,
entity w, entity/batch-delete w, entity/id l, entity/id/{id} rwd, entity/merge w, entity/name l,
entity/name/{name} rwd, entity-alias w, entity-alias/id l, entity-alias/id/{id} rwd,
group w, group/id l, group/id/{id} rwd, group/name l, group/name/{name} rwd,
group-alias w, group-alias/id l, group-alias/id/{id} rwd,
lookup/entity w, lookup/group w,
persona w, persona/id l, persona/id/{id} rwd`

/** The lists with details, which only this server has. */
const own = 'entity/details r, group/details r'

describe('the identity store', () => {
  it('has the routes that clients know, and each needs a token', () => {
    const wanted = `${known}, ${own}`.split(',').map((route) => route.trim())
    const routes = identity.routes.map(({ path, operations, list }) => {
      const letters = [
        'read' in operations ? 'r' : '',
        list === undefined ? '' : 'l',
        'update' in operations ? 'w' : '',
        'delete' in operations ? 'd' : '',
      ]
      return `${path.replace('+}', '}')} ${letters.join('')}`
    })
    assert.deepEqual(routes.sort(), wanted.sort())
    assert.deepEqual(
      identity.routes.filter((route) => route.unauthenticated),
      [],
    )
  })
})
