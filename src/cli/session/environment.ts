import { fail } from '../../base/errors.ts'
import { switchValue } from '../command/flag.ts'
import type { Io } from '../io.ts'

/** The variables that are honoured, each as `COFFER_…` before `VAULT_…`, with what they set. */
export const variables = {
  ADDR: 'address of the server; several, separated by commas, are tried in turn',
  TOKEN: 'token to use instead of the one that login stored',
  CACERT: 'PEM file of the authorities to trust for TLS',
  CAPATH: 'directory of such files',
  SKIP_VERIFY: 'true accepts any certificate',
  TLS_SERVER_NAME: 'name that the certificate of the server must be for',
  NAMESPACE: 'namespace of all requests',
  FORMAT: 'table, json or yaml',
  CLIENT_TIMEOUT: 'seconds, or a duration, for one request with all its repetitions; 60s if absent',
  WRAP_TTL: 'wraps every answer for this long',
  CACHE:
    'directory in which `kv get` and `read` keep what they read, encrypted, to answer from it while no server can be used',
  CACHE_MAX_AGE: 'how old such an answer may be: seconds, or a duration; 24h if absent',
  CACHE_KEY_FILE: 'file whose content encrypts the cache instead of the token; made where there is none',
} as const

/** What a server without a configuration file takes from its environment. */
export const serverVariables = {
  COFFER_LISTEN:
    'address and port to listen on, such as `127.0.0.1:8200`, `[::1]:8200`, or `:8200` for loopback',
  COFFER_DATA:
    'folder of the store instead of `~/.local/share/coffer/data` (`npm start`: `.coffer/data`); `operator backup` and `restore` take it too',
  COFFER_KEYS:
    'folder of the key of the seal and of the certificates instead of `~/.local/share/coffer/keys` (`npm start`: `.coffer/keys`)',
  COFFER_PROVIDER_PORT:
    '`npm start` alone: port of the stand-in identity provider, 8201 if absent; the owners of spaces are named after it, so a store keeps to one port',
} as const

/** What a development server takes, each as `COFFER_…` before `VAULT_…`, where its flag is not given. */
export const developmentVariables = {
  DEV_ROOT_TOKEN_ID: '`-dev-root-token-id` of `coffer server -dev`',
  DEV_LISTEN_ADDRESS: '`-dev-listen-address` of it',
} as const

export type Variable = keyof typeof variables | keyof typeof developmentVariables

/** The value of a variable and the name that it was found under; an empty value counts as absent. */
export function fromEnvironment(io: Io, variable: Variable): { name: string; value: string } | undefined {
  for (const name of [`COFFER_${variable}`, `VAULT_${variable}`]) {
    const value = io.env[name] ?? ''
    if (value !== '') return { name, value }
  }
  return undefined
}

/** @throws invalid_config when it is neither true nor false */
export function switchFromEnvironment(io: Io, variable: Variable): boolean | undefined {
  const found = fromEnvironment(io, variable)
  if (found === undefined) return undefined
  return switchValue(found.value) ?? fail('invalid_config', `${found.name} must be true or false`)
}
