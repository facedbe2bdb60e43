import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Verb } from '../../backend/message.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import type { InFlight, ProcessServices, ShownRequests } from './services.ts'

const methods: Readonly<Record<Verb, string>> = {
  read: 'GET',
  write: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  list: 'LIST',
  scan: 'SCAN',
}

/** Requests of one process that an answer shows. */
const maxShown = 10_000

/** The requests of one process, by their ids. */
export const shownInFlight = (inFlight: InFlight): ShownRequests =>
  Object.fromEntries(
    inFlight
      .now()
      .take(maxShown)
      .map(({ request: { id, path, verb, remote }, since }) => [
        id,
        {
          start_time: new Date(since).toISOString(),
          client_remote_address: remote.address.includes(':')
            ? `[${remote.address}]:${remote.port}`
            : `${remote.address}:${remote.port}`,
          request_path: `/v1/${path}`,
          request_method: methods[verb],
        },
      ]),
  )

export const inFlightRoute = ({ inFlight, inFlightElsewhere }: ProcessServices) =>
  systemRoute({
    path: 'in-flight-req',
    summary: 'Show the requests that this node handles at the moment.',
    sudo: true,
    answers: {
      read: answer.bare(
        shape.map(
          shape.object({
            start_time: shape.time(),
            client_remote_address: shape.string(),
            request_path: shape.string(),
            request_method: shape.string(),
          }),
        ),
      ),
    },
    operations: {
      read: async () => ({
        bare: Object.assign({}, shownInFlight(inFlight), ...((await inFlightElsewhere?.()) ?? [])),
      }),
    },
  })
