import { ClientError, type Denied } from '../../../src/client/error.ts'

/** Why something did not work, as far as it changes what a page shows. */
export type Trouble = {
  readonly kind:
    | 'sealed'
    | 'unreachable'
    | 'slow'
    | 'denied'
    | 'missing'
    | 'large'
    | 'changed'
    | 'refused'
    | 'busy'
    | 'provider'
    | 'fault'
  /** What the server said, in its words; may be empty. */
  readonly text: string
  readonly denied: Denied | undefined
}

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof ClientError)) {
    return { kind: 'fault', text: error instanceof Error ? error.message : '', denied: undefined }
  }
  return { kind: kindOf(error), text: error.errors.join('; '), denied: error.denied }
}

function kindOf({ reason, status, errors }: ClientError): Trouble['kind'] {
  if (reason === 'unreachable' || reason === 'broken') return 'unreachable'
  if (reason === 'timeout') return 'slow'
  if (reason === 'invalid_argument') return 'refused'
  if (status === 503) return errors.some((text) => /sealed/i.test(text)) ? 'sealed' : 'busy'
  if (status === 502) return 'provider'
  if (status === 403) return 'denied'
  if (status === 404) return 'missing'
  if (status === 413) return 'large'
  if (status === 429) return 'busy'
  if (status === 400 && errors.some((text) => /check-and-set/.test(text))) return 'changed'
  return status !== undefined && status < 500 ? 'refused' : 'fault'
}
