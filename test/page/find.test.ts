import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { cutAt } from '../../web/src/parts/find/mark.ts'
import { inPlace, placeOf, searchFor, whereaboutsOf } from '../../web/src/parts/whereabouts/whereabouts.ts'

describe('the marked part of what was found', () => {
  test('is where it stands last, whatever its case', () => {
    assert.deepEqual(cutAt('db/Main-DB', 'db'), ['db/Main-', 'DB', ''])
    assert.deepEqual(cutAt('key', 'e'), ['k', 'e', 'y'])
  })

  test('is none for another text, a pattern, or letters that change their length', () => {
    assert.equal(cutAt('key', 'x'), undefined)
    assert.equal(cutAt('key', ''), undefined)
    assert.equal(cutAt('key', 'k*'), undefined)
    assert.equal(cutAt('İzmir', 'iz'), undefined)
  })

  test('leaves the text as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, wanted) => {
        const cut = cutAt(text, wanted)
        assert.ok(cut === undefined || (cut.join('') === text && cut[1].length === wanted.length))
      }),
    )
  })
})

describe('where a path lies', () => {
  const all = whereaboutsOf(
    {
      own: 'secrets/users/a@b/',
      shared: [{ name: 'vo.example.org', title: 'vo.example.org', path: 'secrets/vos/vo.example.org/' }],
    },
    ['secrets/', 'team/', 'team/deep/'],
  )
  const at = (path: string) => {
    const place = placeOf(path, all)
    return place && { to: place.to, ...searchFor(path, place) }
  }

  test('is the innermost place', () => {
    assert.deepEqual(at('secrets/users/a@b/mail'), { to: '/space', secret: 'mail' })
    assert.deepEqual(at('secrets/vos/vo.example.org/x/db'), {
      to: '/vos/vo.example.org',
      folder: 'x/',
      secret: 'db',
    })
    assert.deepEqual(at('secrets/other'), { to: '/places/at', at: 'secrets/', secret: 'other' })
    assert.deepEqual(at('team/deep/a/b'), { to: '/places/at', at: 'team/deep/', folder: 'a/', secret: 'b' })
    assert.equal(at('elsewhere/x'), undefined)
  })

  test('is told by folder and name', () => {
    const [own] = all
    assert.ok(own)
    assert.deepEqual(inPlace('secrets/users/a@b/x/y/z', own), { folder: 'x/y/', name: 'z' })
  })
})
