const key = 'coffer-next'

/** Where a login leads that another tab is waiting for. */
export const doneInTab = '/logged-in'

const base = import.meta.env.BASE_URL

/** Only a path of this page is a place to go to after a login, wherever its dots lead. */
export function isOwnPath(path: string | undefined): path is string {
  if (path === undefined || !/^\/(?![/\\])/.test(path)) return false
  const place = URL.parse(base + path.slice(1), location.origin)
  return place?.origin === location.origin && place.pathname.startsWith(base)
}

/** Remembers where a login at a provider leads; this tab alone knows it. */
export function keepNext(path: string | undefined): void {
  if (isOwnPath(path)) sessionStorage.setItem(key, path)
  else sessionStorage.removeItem(key)
}

/** Where the login is to lead, if it is said. */
export function keptNext(): string | undefined {
  const kept = sessionStorage.getItem(key) ?? undefined
  return isOwnPath(kept) ? kept : undefined
}

/** Where the login led, once; a path below `/ui`. */
export function takeNext(): string {
  const kept = keptNext()
  sessionStorage.removeItem(key)
  return kept ?? '/'
}
