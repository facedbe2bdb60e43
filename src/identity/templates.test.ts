import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Group } from './record.ts'
import { templateValues } from './templates.ts'

const group = (id: string, name: string, metadata: Record<string, string> | null): Group => ({
  id,
  name,
  metadata,
  type: 'internal',
  policies: [],
  memberGroups: [],
  parents: [],
  alias: null,
  created: 0,
  updated: 0,
  modifyIndex: 1,
})
const values = templateValues({
  entity: {
    id: 'e-1',
    name: 'ann',
    policies: [],
    metadata: { team: 'blue' },
    disabled: false,
    merged: [],
    created: 0,
    updated: 0,
    aliases: [
      {
        id: 'al-1',
        name: 'ann@x',
        mountAccessor: 'auth_jwt_1',
        metadata: { role: 'r' },
        customMetadata: { k: 'v' },
        created: 0,
        updated: 0,
      },
    ],
  },
  groups: [
    group('g-1', 'vo.example.org', { folder: 'one' }),
    group('g-2', 'plain', null),
    group('g-3', 'c', { folder: 'two' }),
  ],
  direct: new Set(),
  policies: [],
  stand: '',
})

describe('the values of policy templates', () => {
  it('are those of the entity and its aliases', () => {
    assert.deepEqual(values('identity.entity.id'), ['e-1'])
    assert.deepEqual(values('identity.entity.name'), ['ann'])
    assert.deepEqual(values('identity.entity.metadata.team'), ['blue'])
    assert.deepEqual(values('identity.entity.aliases.auth_jwt_1.id'), ['al-1'])
    assert.deepEqual(values('identity.entity.aliases.auth_jwt_1.name'), ['ann@x'])
    assert.deepEqual(values('identity.entity.aliases.auth_jwt_1.metadata.role'), ['r'])
    assert.deepEqual(values('identity.entity.aliases.auth_jwt_1.custom_metadata.k'), ['v'])
  })

  it('are those of one group, also when its name holds dots', () => {
    assert.deepEqual(values('identity.groups.ids.g-2.name'), ['plain'])
    assert.deepEqual(values('identity.groups.names.vo.example.org.id'), ['g-1'])
    assert.deepEqual(values('identity.groups.names.vo.example.org.metadata.folder'), ['one'])
  })

  it('are one a group where a template names them all', () => {
    assert.deepEqual(values('identity.groups.ids'), ['g-1', 'g-2', 'g-3'])
    assert.deepEqual(values('identity.groups.names'), ['vo.example.org', 'plain', 'c'])
    assert.deepEqual(values('identity.groups.metadata.folder'), ['one', 'two'])
  })

  it('are missing for what is not there', () => {
    const names = [
      'entity.metadata.none',
      'entity.metadata.constructor',
      'entity.aliases.other.id',
      'entity.nothing',
    ]
    const groups = ['groups.names.x.id', 'groups.ids.g-1', 'groups.metadata.none', 'groups', 'nothing.id', '']
    for (const name of [...names, ...groups]) assert.deepEqual(values(`identity.${name}`), [], name)
  })
})
