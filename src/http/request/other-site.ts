import type { IncomingMessage } from 'node:http'
import type { ApiRequest } from '../../backend/message.ts'
import { fail } from '../../base/errors.ts'

/**
 * Keeps pages of other sites from initialising the server by somebody's browser: they could not read the answer, so
 * that the keys would be made and lost. Browsers say where a request comes from, and nothing else does
 * (https://www.w3.org/TR/fetch-metadata/). All else needs a token, or shares, that such a page has not.
 *
 * @throws forbidden
 */
export function refuseOtherSites(
  { headers }: Pick<IncomingMessage, 'headers'>,
  { verb, path }: Pick<ApiRequest, 'verb' | 'path'>,
): void {
  if (path !== 'sys/init' || verb !== 'write') return
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    fail('forbidden', 'a page of another site may not initialise this server')
  }
}
