import type { IncomingMessage } from 'node:http'

/** Whether a browser says that a page of this very origin asks; no page can make it say so. */
export const isSameOrigin = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['sec-fetch-site'] === 'same-origin'

/**
 * Whether a page of this very origin asks, by its script. No other site can send the first header without being
 * asked first, which is never granted to it with a session, and no page can set the second: browsers do
 * (https://www.w3.org/TR/fetch-metadata/).
 */
export const isOwnPage = (request: Pick<IncomingMessage, 'headers'>): boolean =>
  request.headers['x-vault-request'] === 'true' && isSameOrigin(request)

/** The origin of the page that asks: by its own word where that names this host, else by the connection. */
export function originOf({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): string {
  const { host = '', origin } = headers
  if (origin === `https://${host}` || origin === `http://${host}`) return origin
  return `${'encrypted' in socket ? 'https' : 'http'}://${host}`
}
