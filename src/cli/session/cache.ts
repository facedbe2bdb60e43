import { fail } from '../../base/errors.ts'
import type { Api, Client, ClientOptions } from '../../client/index.ts'
import { duration, type FlagValues, text } from '../command/flag.ts'
import { durationText, seconds } from '../input/duration.ts'
import { expandHome } from '../input/file.ts'
import { warn } from '../output/say.ts'
import { type Connectable, withApi } from './connect.ts'
import { fromEnvironment } from './environment.ts'

const group = 'Cache'

export const cacheFlags = {
  cache: text(
    'Keep what is read in this directory, encrypted, and answer from it while no server can be used, instead of COFFER_CACHE.',
    'directory',
    { group },
  ),
  cacheMaxAge: duration('How old such an answer may be; 24h if absent, 720h at most.', { group }),
  cacheKeyFile: text(
    'File whose content encrypts the cache instead of the token, for logins that give a new token each time.',
    'file',
    { group },
  ),
}

type Cacheable = Connectable & { readonly flags: FlagValues<typeof cacheFlags> }

/**
 * As `withApi`, with the cache that flags and environment name.
 *
 * @throws invalid_config when they cannot be used
 */
export const withCachedApi = <T>(
  call: Cacheable,
  work: (api: Api, client: Client) => Promise<T>,
): Promise<T> => withApi(call, work, cacheOf(call))

function cacheOf({ io, flags }: Cacheable): Pick<ClientOptions, 'cache'> {
  const folder = flags.cache ?? fromEnvironment(io, 'CACHE')?.value
  if (folder === undefined || folder === '') return {}
  const keyFile = flags.cacheKeyFile ?? fromEnvironment(io, 'CACHE_KEY_FILE')?.value
  const maxAge = maxAgeOf({ io, flags })
  return {
    cache: {
      folder: expandHome(folder, io.home),
      ...(maxAge !== undefined && { maxAge }),
      ...(keyFile !== undefined && { keyFile: expandHome(keyFile, io.home) }),
      now: io.now,
      onProblem: (problem) => warn(io, problem),
      onUse: ({ path, age, error }) => {
        // Where the engine is mounted is asked beside the secret, and of no interest by itself.
        if (path.startsWith('sys/')) return
        warn(io, `the answer is from the cache and ${durationText(age)} old: ${error.message}`)
      },
    },
  }
}

function maxAgeOf({ io, flags }: Pick<Cacheable, 'io' | 'flags'>): number | undefined {
  const found =
    flags.cacheMaxAge === undefined
      ? fromEnvironment(io, 'CACHE_MAX_AGE')
      : { name: '-cache-max-age', value: flags.cacheMaxAge }
  if (found === undefined) return undefined
  const span = seconds(found.value)
  if (span === undefined) return fail('invalid_config', `${found.name} must be seconds or a duration`)
  return span * 1000
}
