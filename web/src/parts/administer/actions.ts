import type { Action, Fields, Request } from '../command/action.ts'

/** A list as people write it in a command; undefined for what is none, or cannot be written so. */
function inWords(said: Fields[string]): string | undefined {
  if (!Array.isArray(said) || said.length === 0) return undefined
  const texts: readonly unknown[] = said
  return texts.every((one) => typeof one === 'string' && !one.includes(',')) ? texts.join(',') : undefined
}

/** What views of administrators do, as a write at a path. */
export function writing(path: string, body: Fields): Action {
  const data: Fields = Object.fromEntries(
    Object.entries(body).map(([name, said]) => [name, inWords(said) ?? said]),
  )
  return { request: { method: 'POST', path, body }, coffer: { command: 'write', args: [path], data } }
}

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
