import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Verb } from '../../backend/message.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import type { InFlight } from './services.ts'

const methods: Readonly<Record<Verb, string>> = {
  read: 'GET',
  write: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  list: 'LIST',
  scan: 'SCAN',
}

/** Requests that one answer shows. */
const maxShown = 10_000

export const inFlightRoute = (inFlight: InFlight) =>
  systemRoute({
    path: 'in-flight-req',
    summary: 'Show the requests that this process handles at the moment.',
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
      read: () => ({
        bare: Object.fromEntries(
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
        ),
      }),
    },
  })
