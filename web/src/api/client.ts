import { apiOf } from '../../../src/client/api/api.ts'
import { createBrowserClient } from '../../../src/client/browser.ts'

/** Asks the server that the page came from, with what the session's token may do. */
export const client = createBrowserClient({
  origin: location.origin,
  fetch: (...request) => fetch(...request),
})

export const api = apiOf(client)
