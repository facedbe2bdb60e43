import type { ApiRequest } from '../../../backend/message.ts'
import type { InFlight } from '../../../sys/process/services.ts'

/** The requests that a process handles, in places that are used again: a map of young objects costs the garbage collector dearly. */
export type InFlightPlaces = InFlight & {
  /** @param since milliseconds since 1970. @returns its place, for {@link InFlightPlaces.end} */
  begin(request: ApiRequest, since: number): number
  end(place: number): void
}

/** No request is under way at first. */
export function createInFlight(): InFlightPlaces {
  const requests: (ApiRequest | undefined)[] = []
  const times: number[] = []
  const free: number[] = []
  return {
    begin(request, since) {
      const place = free.pop() ?? requests.length
      requests[place] = request
      times[place] = since
      return place
    },
    end(place) {
      requests[place] = undefined
      free.push(place)
    },
    *now() {
      for (const [place, request] of requests.entries()) {
        const since = times[place]
        if (request !== undefined && since !== undefined) yield { request, since }
      }
    },
  }
}
