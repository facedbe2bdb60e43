import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fail } from '../../base/errors.ts'
import type { Host, PostgresOptions } from './options.ts'

/** How a configuration names a database, with files and commands in the place of secrets. */
export type PostgresSettings = {
  readonly hosts: readonly Host[]
  readonly database: string
  readonly user: string
  readonly schema: string
  readonly password: { readonly file: string } | { readonly command: readonly string[] } | undefined
  /** Absent for connections in clear. */
  readonly tls:
    | {
        /** Without it the authorities that Node.js knows are trusted. */
        readonly caFile: string | undefined
        readonly client: { readonly certFile: string; readonly keyFile: string } | undefined
      }
    | undefined
  readonly maxConnections: number
}

/** Milliseconds that a command may take, and bytes that it may print. */
const commandTimeout = 10_000
const commandOutput = 64 * 1024

/** Files and commands are asked anew for each connection, so that passwords and certificates may change. */
export function optionsOf(settings: PostgresSettings): Pick<PostgresOptions, keyof PostgresSettings> {
  const { password, tls } = settings
  return {
    ...settings,
    password: password === undefined ? undefined : () => readPassword(password),
    tls: tls === undefined ? undefined : () => readTls(tls),
  }
}

async function readPassword(source: NonNullable<PostgresSettings['password']>): Promise<string> {
  const text = 'file' in source ? await readText(source.file) : await run(source.command)
  const password = text.replace(/\r?\n$/, '')
  return password === '' ? fail('storage_failed', 'the password of the database is empty') : password
}

async function readTls({ caFile, client }: NonNullable<PostgresSettings['tls']>) {
  return {
    ca: caFile === undefined ? undefined : await readText(caFile),
    cert: client === undefined ? undefined : await readText(client.certFile),
    key: client === undefined ? undefined : await readText(client.keyFile),
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    return fail('storage_failed', `cannot read ${file} (${code})`, { cause })
  }
}

/** The output of a program that is started without a shell. What it says on the side may hold secrets. */
function run([program = '', ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: commandTimeout, maxBuffer: commandOutput }, (error, output) => {
      if (error === null) return resolve(output)
      try {
        fail('storage_failed', `password_command failed: ${program} (${error.code ?? error.signal})`)
      } catch (failure) {
        reject(failure)
      }
    })
  })
}
