import { DatabaseError } from 'pg'
import { CofferError } from '../../../base/errors.ts'

/** The SQLSTATE of what the server answered; undefined for what did not come from it. */
export const stateOf = (error: unknown): string | undefined =>
  error instanceof DatabaseError ? error.code : undefined

/** The server undid the transaction for the sake of another one, and wants it to be tried again. */
export const isUndone = (error: unknown): boolean => ['40001', '40P01'].includes(stateOf(error) ?? '')

/** What an operator has to mend; waiting does not help. */
const lasting: Readonly<Record<string, string>> = {
  '28P01': 'the database refuses the user or its password; check user and password_file or password_command',
  '28000': 'the database refuses the user; check user, and what pg_hba.conf asks of its connections',
  '3D000': 'there is no such database; create it, or check its name',
  '42501':
    'the user may not do this in the database; it must own the tables, or may create them in the schema',
  '3F000': 'there is no such schema in the database; create it, or check its name',
  '42P01': 'the tables of the store are gone from the database; restore it from a backup',
}

/** What passes by itself, or with the database's own recovery. */
const passing: Readonly<Record<string, string>> = {
  '53100': 'the disk of the database is full; nothing was written: make space and try again',
  '53200': 'the database is out of memory',
  '53300': 'the database has too many connections; raise its max_connections, or lower that of the store',
  '57014': 'the database took too long to answer',
  '55P03': 'the database took too long: another transaction holds a lock',
  '25006': 'the database is read-only; a standby cannot be written',
}

/** Node's and OpenSSL's names for a certificate that is not trusted, or is of another host. */
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS|ERR_SSL/

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** A fault of the program, which says nothing about the database. */
const isFault = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError

/**
 * Whether the same question may be answered on another connection, or a moment later: the connection was lost, the
 * server is going or coming or full, or another transaction was in the way.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof CofferError || isFault(error)) return false
  const state = stateOf(error)
  return state === undefined || /^(08|40|57P|25006|55P03|53300)/.test(state)
}

/** Turns what the driver throws into an error of ours; the texts of the server may quote what was stored. */
export function explain(error: unknown): CofferError {
  if (error instanceof CofferError) return error
  if (isFault(error)) return new CofferError('internal', '', { cause: error })
  const state = stateOf(error)
  if (state !== undefined) {
    const text = lasting[state] ?? passing[state] ?? `the database failed (SQLSTATE ${state}); see its log`
    return new CofferError('storage_failed', text)
  }
  const code = codeOf(error)
  if (untrusted.test(code)) {
    return new CofferError(
      'storage_failed',
      `the certificate of the database is not trusted (${code}); check tls_ca_file, and that the certificate names the host`,
    )
  }
  if (code !== '') return new CofferError('storage_failed', `the database does not answer (${code})`)
  return new CofferError('storage_failed', 'the connection to the database was lost')
}
