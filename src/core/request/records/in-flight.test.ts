import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { ApiRequest } from '../../../backend/message.ts'
import { createInFlight } from './in-flight.ts'

describe('the requests in flight', () => {
  it('are those that have begun and not ended, each with its time, however they come and go', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 200 }), (steps) => {
        const inFlight = createInFlight()
        const open = new Map<number, { place: number; id: string; since: number }>()
        for (const [at, name] of steps.entries()) {
          const known = open.get(name)
          if (known === undefined) {
            const id = `${name}-${at}`
            // What is kept of a request is looked at by its id alone.
            open.set(name, { id, since: at, place: inFlight.begin({ id } as ApiRequest, at) })
          } else {
            inFlight.end(known.place)
            open.delete(name)
          }
          const shown = [...inFlight.now()].map(({ request, since }) => `${request.id} ${since}`).sort()
          assert.deepEqual(shown, [...open.values()].map(({ id, since }) => `${id} ${since}`).sort())
        }
      }),
    )
  })

  it('take places anew, so that many requests one after another take one', () => {
    const inFlight = createInFlight()
    const places = new Set<number>()
    for (let i = 0; i < 1000; i++) {
      const place = inFlight.begin({ id: String(i) } as ApiRequest, i)
      places.add(place)
      inFlight.end(place)
    }
    assert.equal(places.size, 1)
    assert.deepEqual([...inFlight.now()], [])
  })
})
