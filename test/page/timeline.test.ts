import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Deed, SpaceEvent } from '../../web/src/api/deed.ts'
import { byDay, happeningsOf, shortName, spotOf } from '../../web/src/parts/activity/timeline.ts'

const deed = (mount: string, name: string, extra: Partial<Deed> = {}): Deed => ({
  mount,
  name,
  operation: 'read',
  times: 1,
  first: '2030-01-02T10:00:00.000Z',
  last: '2030-01-02T10:00:00.000Z',
  address: '192.0.2.1',
  who: { displayName: 'alice', entityId: 'a' },
  way: undefined,
  isOwn: true,
  ...extra,
})

const event = (id: string, time: string): SpaceEvent => ({
  id,
  kind: 'opened',
  time,
  by: undefined,
  reason: '',
  until: '',
  capabilities: [],
})

const places = {
  own: 'secrets/users/alice@example.org/',
  shared: [
    {
      name: 'vo.example.org',
      title: 'VO',
      path: 'secrets/vos/vo.example.org/',
    },
  ],
}

describe('what happened, on the page', () => {
  test('is in one order, by the days of the viewer', () => {
    const deeds = [
      deed('kv/', 'late', { last: '2030-01-02T23:30:00.000Z' }),
      deed('kv/', 'early', { last: '2030-01-01T01:00:00.000Z' }),
    ]
    const all = happeningsOf(deeds, [event('e', '2030-01-02T00:10:00.000Z')])
    const keysBy = (dayOf: (time: string) => string) =>
      byDay(all, dayOf).map(({ day, happenings }) => [day, happenings.map(({ key }) => key)])
    assert.deepEqual(
      keysBy((time) => time.slice(0, 10)),
      [
        ['2030-01-02', ['deed-0', 'e']],
        ['2030-01-01', ['deed-1']],
      ],
    )
    // An hour to the east the last one is on the next day.
    assert.deepEqual(
      keysBy((time) => new Date(Date.parse(time) + 3600_000).toISOString().slice(0, 10)),
      [
        ['2030-01-03', ['deed-0']],
        ['2030-01-02', ['e']],
        ['2030-01-01', ['deed-1']],
      ],
    )
  })

  test('leads to where the page shows the secret', () => {
    assert.deepEqual(spotOf(places, deed('secrets/', 'users/alice@example.org/cloud/mail')), {
      to: '/space',
      search: { folder: 'cloud/', secret: 'mail' },
    })
    assert.deepEqual(spotOf(places, deed('secrets/', 'vos/vo.example.org/a?b&c')), {
      to: '/vos/vo.example.org',
      search: { secret: 'a?b&c' },
    })
    assert.deepEqual(spotOf(places, deed('team/', 'a/b/c')), {
      to: '/places/at',
      search: { at: 'team/', folder: 'a/b/', secret: 'c' },
    })
    assert.deepEqual(spotOf(undefined, deed('secrets/', 'users/x')), {
      to: '/places/at',
      search: { at: 'secrets/', folder: 'users/', secret: 'x' },
    })
    assert.equal(spotOf(places, deed('', 'gone')), undefined)
    assert.equal(spotOf(places, deed('cubbyhole/', 'in', { way: 'locker' })), undefined)
  })

  test('calls what is in one’s own space by its name there', () => {
    assert.equal(shortName(places, deed('secrets/', 'users/alice@example.org/cloud/mail')), 'cloud/mail')
    assert.equal(shortName(places, deed('team/', 'a')), 'team/a')
  })
})
