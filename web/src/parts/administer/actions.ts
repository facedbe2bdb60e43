import type { Action, Fields, Request } from '../command/action.ts'

/** What views of administrators do, as a write or a removal at a path. */
export const writing = (path: string, body: Fields): Action => ({ request: { method: 'POST', path, body } })

export const removing = (path: string): Action => ({ request: { method: 'DELETE', path } })

/** Texts by name as fields, where there are some. */
export const listField = (name: string, list: readonly string[]): Fields =>
  list.length === 0 ? {} : { [name]: [...list] }

/** The end of several tokens, one after the other. */
export const ending = (accessors: readonly string[]): Action => ({
  request: accessors.map(
    (accessor): Request => ({ method: 'POST', path: 'auth/token/revoke-accessor', body: { accessor } }),
  ),
  coffer: accessors.map((accessor) => ({ command: 'token revoke', flags: ['-accessor'], args: [accessor] })),
})
