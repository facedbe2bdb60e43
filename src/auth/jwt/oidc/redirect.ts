/**
 * Whether a login may come back to an address: one of the role's, to the letter. On this machine any port will
 * do, since a program takes the one that is free (RFC 8252 §7.3, §8.10).
 */
export function mayRedirect(uri: string, allowed: readonly string[]): boolean {
  if (allowed.includes(uri)) return true
  const wanted = loopback(uri)
  return wanted !== undefined && allowed.some((one) => loopback(one) === wanted)
}

/**
 * Whether a program on the machine of the browser gets the answer and passes it on, as command lines do. What comes
 * to an address of this API itself comes from the browser, wherever the server is.
 */
export function isPassedOn(uri: string): boolean {
  return loopback(uri) !== undefined && !/\/v1\/auth\/.+\/oidc\/callback$/.test(new URL(uri).pathname)
}

/** An address on this machine without its port; undefined for all others, and for what is written oddly. */
function loopback(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return undefined
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  if (!['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) return undefined
  // Two readers may take another spelling for another address.
  if (!text.startsWith(url.origin)) return undefined
  return `${url.protocol}//${url.hostname}${text.slice(url.origin.length)}`
}
