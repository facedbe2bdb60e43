import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { makePlace, type Place, type Start, start } from '../readme/start.ts'

describe('a second npm start', { timeout: 60_000 }, () => {
  let place: Place
  let other: Place
  let first: Start

  before(async () => {
    ;[place, other] = [await makePlace(), await makePlace()]
    first = await start(place)
  })
  after(async () => {
    await first?.stop()
    await place.remove()
    await other.remove()
  })

  it('on the same folder is refused before it touches anything, whatever its ports', async () => {
    await assert.rejects(
      start({ ...other, folder: place.folder }),
      /running already on \S+\/data \(process \d+\): stop .* COFFER_DATA and COFFER_KEYS .* COFFER_LISTEN/,
    )
    const status = await first.shell('VAULT_SKIP_VERIFY=1 bin/coffer status -address=https://127.0.0.1:8200')
    assert.equal(status.code, 0, status.output)
  })

  it('on ports that are taken says that spaces belong to the port, and which folders to name', async () => {
    await assert.rejects(
      start({ ...place, folder: other.folder }),
      /EADDRINUSE.*Spaces belong to the provider's port.*COFFER_DATA and COFFER_KEYS/,
    )
  })
})
