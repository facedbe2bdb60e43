import { fail } from '../../base/errors.ts'
import { standardTtl } from '../../core/server.ts'
import { localFiles } from '../../http/tls/local.ts'
import type { Io } from '../io.ts'
import { say } from '../output/say.ts'
import { fromEnvironment } from '../session/environment.ts'
import { splitAddress } from './address.ts'
import { homeFolders, type Running, type RunOptions } from './run.ts'

export type DevelopmentFlags = {
  readonly devRootTokenId?: string | undefined
  readonly devListenAddress?: string | undefined
  readonly devTls?: boolean | undefined
  readonly logLevel?: string | undefined
}

/** What a token id may be that somebody chooses; as for `auth/token/create`. */
const chosenId = /^[\x21-\x2d\x2f-\x7e]+$/

/** @throws invalid_config */
export function developmentOptions(flags: DevelopmentFlags, io: Io): RunOptions {
  const listen = flags.devListenAddress ?? fromEnvironment(io, 'DEV_LISTEN_ADDRESS')?.value
  const { host, port } = splitAddress(listen ?? '127.0.0.1:8200', '-dev-listen-address')
  const rootTokenId = flags.devRootTokenId || fromEnvironment(io, 'DEV_ROOT_TOKEN_ID')?.value
  if (rootTokenId !== undefined && !chosenId.test(rootTokenId)) {
    fail('invalid_config', '-dev-root-token-id must be of printable ASCII characters, without a dot')
  }
  const { keys, tls, log } = homeFolders(io.env, io.home)
  return {
    settings: {
      storage: { type: 'inmem' },
      seal: { kind: 'shamir' },
      ttl: standardTtl,
      spaces: [],
      auditFolder: log,
      firstMounts: [{ path: 'secret/', version: '2' }],
      rootTokenId,
    },
    listeners: [
      {
        host,
        port,
        tls: flags.devTls === true ? { certificate: { kind: 'local', folder: tls } } : 'loopback',
      },
    ],
    logLevel: flags.logLevel ?? 'warn',
    initialize: true,
    keyFolder: keys,
  }
}

/** What a development server prints when it serves: what to set in another terminal, and its secrets. */
export function greetDeveloper(
  { url, rootToken = '', unsealKey }: Pick<Running, 'url' | 'rootToken' | 'unsealKey'>,
  io: Io,
): void {
  const variables = { VAULT_ADDR: url, VAULT_TOKEN: rootToken }
  const ca = url.startsWith('https:')
    ? { VAULT_CACERT: localFiles(homeFolders(io.env, io.home).tls).ca }
    : undefined
  const words = Object.entries({ ...variables, ...ca }).map(([name, value]) => `${name}=${word(value)}`)
  say(
    io,
    `Coffer development server: everything is in memory and ends with it.

  export ${words.join(' ')}

Unseal Key: ${unsealKey ?? ''}
Root Token: ${rootToken}
`,
  )
}

/** A text as a word of the shell. */
const word = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
