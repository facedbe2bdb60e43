import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../base/errors.ts'
import { type Api, apiOf, type Client, type ClientOptions, createClient } from '../../client/index.ts'
import { duration, type FlagValues, onOff, text } from '../command/flag.ts'
import { seconds } from '../input/duration.ts'
import { expandHome } from '../input/file.ts'
import type { Io } from '../io.ts'
import { warn } from '../output/say.ts'
import { advised } from './advice.ts'
import { fromEnvironment, switchFromEnvironment } from './environment.ts'
import { readToken, tokenFile } from './token-file.ts'

const group = 'Connection'

export const connectionFlags = {
  address: text(
    'Address of the server, instead of VAULT_ADDR; several of one cluster, separated by commas.',
    'url',
    { group },
  ),
  caCert: text('PEM file of the authorities to trust for TLS, instead of VAULT_CACERT.', 'file', { group }),
  caPath: text('Directory of such files, instead of VAULT_CAPATH.', 'directory', { group }),
  tlsServerName: text('Name that the certificate of the server must be for.', 'name', { group }),
  tlsSkipVerify: onOff('Accept any certificate of the server. Anyone in between can then read everything.', {
    group,
  }),
  namespace: text('Namespace of the request, instead of VAULT_NAMESPACE.', 'name', {
    group,
    aliases: ['ns'],
  }),
  wrapTtl: duration('Wrap the answer in a token that opens it once, within this time.', { group }),
}

export type Connectable = { readonly io: Io; readonly flags: FlagValues<typeof connectionFlags> }

/**
 * Runs `work` with the API of the server that flags and environment name, with the token of the environment
 * or the stored one.
 *
 * @throws invalid_config when they cannot be used
 */
export async function withApi<T>(
  call: Connectable,
  work: (api: Api, client: Client) => Promise<T>,
  more: Pick<ClientOptions, 'cache'> = {},
): Promise<T> {
  const token = await tokenOf(call.io)
  const client = createClient({ ...(await settingsOf(call)), ...token, ...more })
  try {
    return await work(apiOf(client), client)
  } catch (error) {
    throw await advised(error, client, token.token === undefined ? 'none' : 'sent')
  } finally {
    client.close()
  }
}

/** The same without any token, for logins and what needs none. */
export async function withoutToken<T>(
  call: Connectable,
  work: (api: Api, client: Client) => Promise<T>,
): Promise<T> {
  const client = createClient(await settingsOf(call))
  try {
    return await work(apiOf(client), client)
  } catch (error) {
    throw await advised(error, client, 'unneeded')
  } finally {
    client.close()
  }
}

/** The address of the server that flags and environment name, or the usual one; the first where there are several. */
export async function addressOf(call: Connectable): Promise<string> {
  const { address } = await settingsOf(call)
  return [address ?? []].flat()[0] ?? 'https://127.0.0.1:8200'
}

async function settingsOf({ io, flags }: Connectable): Promise<ClientOptions> {
  const address = flags.address ?? fromEnvironment(io, 'ADDR')?.value
  const caCert = await authorities(io, flags)
  const serverName = flags.tlsServerName ?? fromEnvironment(io, 'TLS_SERVER_NAME')?.value
  const namespace = flags.namespace ?? fromEnvironment(io, 'NAMESPACE')?.value
  const wrapTtl = flags.wrapTtl ?? fromEnvironment(io, 'WRAP_TTL')?.value
  const timeout = timeoutOf(io)
  return {
    // A person waits: 100 and 200 milliseconds.
    retryDelay: 100,
    skipVerify: flags.tlsSkipVerify ?? switchFromEnvironment(io, 'SKIP_VERIFY') ?? false,
    ...(address === undefined ? {} : { address: addressesIn(address) }),
    ...(caCert === undefined ? {} : { caCert }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(wrapTtl === undefined ? {} : { wrapTtl }),
    ...(timeout === undefined ? {} : { timeout }),
  }
}

/** The addresses of a list; a comma too many is none. */
function addressesIn(list: string): string[] {
  const texts = list.split(',').filter((text) => text.trim() !== '')
  return texts.length === 0 ? [list] : texts
}

function timeoutOf(io: Io): number | undefined {
  const found = fromEnvironment(io, 'CLIENT_TIMEOUT')
  if (found === undefined) return undefined
  const span = seconds(found.value)
  if (span === undefined || span <= 0)
    fail('invalid_config', `${found.name} must be seconds or a duration, above zero`)
  return Math.ceil(span * 1000)
}

async function authorities(io: Io, flags: Connectable['flags']): Promise<string[] | undefined> {
  const file = flags.caCert ?? (flags.caPath === undefined ? fromEnvironment(io, 'CACERT')?.value : undefined)
  if (file !== undefined) return [await certificateText(expandHome(file, io.home))]
  const directory = flags.caPath ?? fromEnvironment(io, 'CAPATH')?.value
  if (directory === undefined) return undefined
  const base = expandHome(directory, io.home)
  const entries = await readdir(base, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) =>
    fail('invalid_config', `the directory of authorities ${base} cannot be read (${error.code})`),
  )
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(base, entry.name))
  if (files.length === 0) fail('invalid_config', `the directory of authorities ${base} is empty`)
  return Promise.all(files.map(certificateText))
}

async function certificateText(path: string): Promise<string> {
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    fail('invalid_config', `the file of authorities ${path} cannot be read (${error.code})`),
  )
  if (!content.includes('-----BEGIN CERTIFICATE-----')) {
    fail('invalid_config', `${path} holds no certificate in PEM form`)
  }
  return content
}

/** The token of the environment, or else the stored one. @throws invalid_config when it cannot be read */
export async function tokenOf(io: Io): Promise<{ token?: string }> {
  const found = fromEnvironment(io, 'TOKEN')
  if (found !== undefined) return { token: found.value.trim() }
  const stored = await readToken(io.home)
  if (stored === undefined) return {}
  if (stored.exposed)
    warn(
      io,
      `${tokenFile(io.home)} can be read by others on this machine; run: chmod 600 ${tokenFile(io.home)}`,
    )
  return { token: stored.token }
}
