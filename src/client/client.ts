import { defaultAddress, parseAddresses } from './address.ts'
import { type CacheOptions, createCache } from './cache/cached.ts'
import { type Client, clientOver } from './calls.ts'
import { sendToNodes } from './nodes/send.ts'
import { createTransport } from './transport.ts'

export type { Client, Listing } from './calls.ts'

export type ClientOptions = {
  /** One address, or several nodes of one cluster that are tried in turn. `https://127.0.0.1:8200` if absent. */
  readonly address?: string | readonly string[]
  readonly token?: string
  /** PEM texts of the authorities to trust instead of the system's. */
  readonly caCert?: string | readonly string[]
  /** Accepts any certificate; for tests alone. */
  readonly skipVerify?: boolean
  /** The name that the server's certificate must be for, where it differs from the address. */
  readonly serverName?: string
  readonly namespace?: string
  /** Asks for every answer to be wrapped for this long: seconds, or a duration such as `5m`. */
  readonly wrapTtl?: string
  /** Milliseconds for one request and its answer, with all repetitions; 60,000 if absent. */
  readonly timeout?: number
  /** Milliseconds for the connection to one of several addresses; 3,000 if absent. */
  readonly connectTimeout?: number
  /** Milliseconds that one of several addresses has to answer what may go to another; 10,000 if absent. */
  readonly attemptTimeout?: number
  /** How often all addresses are gone through again, for what may be repeated; 2 if absent. */
  readonly retries?: number
  /** Milliseconds before the first such round, doubled for each further one and varied; 250 if absent. */
  readonly retryDelay?: number
  /** False repeats nothing that may have arrived: for tokens with a limited number of uses. */
  readonly repeat?: boolean
  /** Keeps what is read, encrypted on disk, and answers from it while no server can be used. Absent, nothing is kept. */
  readonly cache?: CacheOptions
  /** Bytes of an answer that are accepted; 64 MiB if absent. */
  readonly maxAnswer?: number
}

/** @throws ClientError invalid_argument when the address or the token cannot be used */
export function createClient(options: ClientOptions = {}): Client {
  const addresses = parseAddresses([options.address ?? defaultAddress].flat())
  const transport = createTransport({
    maxAnswer: options.maxAnswer ?? 64 * 1024 * 1024,
    ...(options.caCert === undefined ? {} : { caCert: [options.caCert].flat() }),
    ...(options.skipVerify === undefined ? {} : { skipVerify: options.skipVerify }),
    ...(options.serverName === undefined ? {} : { serverName: options.serverName }),
  })
  const send = sendToNodes(transport, addresses, {
    retries: options.retries ?? 2,
    delay: options.retryDelay ?? 250,
    timeout: options.timeout ?? 60_000,
    connectTimeout: options.connectTimeout ?? 3_000,
    attemptTimeout: options.attemptTimeout ?? 10_000,
  })
  const cache = options.cache && createCache(options.cache, addresses)
  return clientOver(
    { send, close: transport.close, cache },
    {
      token: options.token ?? '',
      namespace: options.namespace ?? '',
      wrapTtl: options.wrapTtl ?? '',
      repeat: options.repeat ?? true,
    },
  )
}
