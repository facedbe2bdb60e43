import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../base/errors.ts'
import { folderName, groupName, groupNames } from './names.ts'

/** The folder of a value, or undefined where it is refused. */
function folderOf(value: string, qualifier = ''): string | undefined {
  try {
    return folderName(value, qualifier)
  } catch (error) {
    if (isFailure(error, 'forbidden')) return undefined
    throw error
  }
}

const odd = fc.string({ unit: fc.constantFrom(...'a-~=_@.:/*+%{}\u0430 \u200b'), maxLength: 12 })
const anything = fc.oneof(odd, fc.string({ unit: 'binary' }))
const qualifier = fc.constantFrom('', 'a', 'a_', 'b.c')

describe('the name of a person’s folder', () => {
  it('is the value itself where that holds no dash', () => {
    assert.equal(folderName('a11ce@example.org', ''), 'a11ce@example.org')
    assert.equal(folderName('a11ce@example.org', 'b'), 'a11ce@example.org=b')
    assert.equal(folderName('x-y', ''), 'x~y')
  })

  it('is one segment that means nothing to paths, policies or display names, or refused', () => {
    fc.assert(
      fc.property(anything, qualifier, (value, by) => {
        const folder = folderOf(value, by)
        if (folder === undefined) return
        assert.match(folder, /^[\w@.:~=]+$/)
        assert.doesNotMatch(folder, /^\.*$/)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is nobody else’s: two values or two providers never share one', () => {
    fc.assert(
      fc.property(odd, odd, qualifier, qualifier, (one, two, by, also) => {
        const folder = folderOf(one, by)
        if (folder === undefined || (one === two && by === also)) return
        assert.notEqual(folder, folderOf(two, also))
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('the name of a group', () => {
  const login = (name: string) => ({
    name: name || 'first',
    issuer: `https://${name}`,
    claim: 'sub',
    auth: 'mount',
    home: 'home',
    people: 'users',
    qualifier: name,
    policies: [],
  })
  const all = ['', 'a', 'a_', 'b.c'].map(login)

  it('is none that another provider on the mount can assert', () => {
    const name = fc.string({ unit: fc.constantFrom(...'x=ab_.c'), maxLength: 10 })
    fc.assert(
      fc.property(
        name,
        fc.array(name),
        fc.constantFrom(...all),
        fc.constantFrom(...all),
        (group, theirs, mine, other) => {
          if (mine === other) return
          const meant = groupName(group, mine.qualifier)
          // The first provider's groups are those that carry no mark of another.
          if (mine.qualifier === '' && groupNames([group], mine, all).length === 0) return
          assert.ok(!groupNames(theirs, other, all).includes(meant))
        },
      ),
      { numRuns: 5_000 },
    )
  })

  it('stays as it is where nothing is shared', () => {
    assert.deepEqual(groupNames(['vo:role=manager', 'a==b'], login(''), [login('')]), [
      'vo:role=manager',
      'a==b',
    ])
  })
})
