import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeIo } from '../../testing/fake-io.ts'
import { moveProgress } from './progress.ts'

/** What is shown of a move at 1,000 rows each 50 ms. */
function shown(tty: boolean): string {
  const io = fakeIo({ tty })
  let now = 0
  const { show, end } = moveProgress({ stderr: io.stderr, now: () => now })
  for (const rows of [1000, 2000]) show('counting', rows, 0)
  for (let rows = 0; rows <= 400_000; rows += 1000) {
    show('copying', rows, 400_000)
    now += 50
  }
  show('verifying', 100_000, 400_000)
  end()
  return io.error()
}

describe('the progress of a move', () => {
  it('is a bar on a terminal, drawn over itself', () => {
    const lines = shown(true).split('\n')
    assert.deepEqual([lines.length, lines.at(-1)], [4, ''])
    const [counting, copying, verifying] = lines
    assert.equal(counting, '\rcounting: 1000 rows')
    const states = copying?.split('\r').map((text) => text.trimEnd()) ?? []
    assert.equal(states[1], `[${'-'.repeat(24)}] copying: 0 of 400000 rows`)
    assert.equal(
      states[101],
      `[${'#'.repeat(12)}${'-'.repeat(12)}] copying: 200000 of 400000 rows, 20000 rows/s`,
    )
    assert.ok(states.every((text) => text.length < 80))
    assert.match(verifying ?? '', /^\r\[#{6}-{18}\] verifying \(nobody is served\): 100000 of 400000 rows/)
  })

  it('is a line for each phase and each ten seconds elsewhere', () => {
    assert.deepEqual(shown(false).split('\n'), [
      'counting: 1000 rows',
      'copying: 0 of 400000 rows',
      'copying: 200000 of 400000 rows, 20000 rows/s',
      'copying: 400000 of 400000 rows, 20000 rows/s',
      'verifying (nobody is served): 100000 of 400000 rows',
      '',
    ])
  })
})
