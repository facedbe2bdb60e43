import { describeFailure, errorTable } from '../../base/error-table.ts'
import type { CofferError, Denial } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { type Answer, encodeSorted, escapeMarkup, json, jsonType } from './envelope.ts'

export type ErrorAnswer = Answer & {
  readonly retryAfter: number | undefined
  /** JSON in ASCII, for the header `X-Coffer-Denied`. */
  readonly denied?: string
}

/** What is answered to an error that was raised on purpose. `data` stands beside `errors`, `denied` in a header. */
export function encodeFailure(error: CofferError): ErrorAnswer {
  const { status, form, text = '', retryAfter } = errorTable[error.code]
  if (form === 'empty') return { status, contentType: undefined, body: undefined, retryAfter }
  if (form === 'text') return { status, contentType: 'text/plain; charset=utf-8', body: text, retryAfter }
  const data = error.data === undefined ? '' : `,"data":${encodeSorted(error.data as JsonObject)}`
  const denied = error.denied === undefined ? {} : { denied: asciiJson(error.denied) }
  return {
    ...json(status, escapeMarkup(`{"errors":${JSON.stringify(describeFailure(error).errors)}${data}}`)),
    retryAfter,
    ...denied,
  }
}

/** JSON that a header can carry: one line of ASCII. */
const asciiJson = (value: Denial) =>
  JSON.stringify(value).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** What is answered to any other error: nothing of it but where in the log it stands. */
export function encodeSurprise(id: string): ErrorAnswer {
  return {
    ...json(500, `{"errors":["internal error (log id ${id})"]}`),
    contentType: jsonType,
    retryAfter: undefined,
  }
}
