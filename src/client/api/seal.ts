import type { Json, JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import type { Client } from '../calls.ts'
import { ClientError } from '../error.ts'
import { flagOf, listOf, numberOf, objectOf, textOf, textsOf } from '../shape.ts'

/** The answer of `sys/seal-status`. `t` shares of `n` unseal; `progress` of them are in. */
export type SealStatus = {
  readonly type: string
  readonly initialized: boolean
  readonly sealed: boolean
  readonly t: number
  readonly n: number
  readonly progress: number
  readonly nonce: string
  readonly version: string
  readonly storage_type: string
  readonly cluster_name: string
  readonly cluster_id: string
  /** Unsealed by a key of its own; shares only authorise rekeying and the like. */
  readonly recovery_seal: boolean
  readonly body: JsonObject
}

/** The keys are shares: hexadecimal in `keys`, base64 in `keys_base64`. */
export type InitResult = {
  readonly keys: string[]
  readonly keys_base64: string[]
  readonly recovery_keys: string[]
  readonly recovery_keys_base64: string[]
  readonly root_token: string
}

export type InitRequest = {
  readonly secret_shares?: number
  readonly secret_threshold?: number
  readonly recovery_shares?: number
  readonly recovery_threshold?: number
}

/** The progress of a rekey, or of the making of a root token, as the server tells it. */
export type Ceremony = {
  readonly started: boolean
  readonly complete: boolean
  readonly nonce: string
  readonly progress: number
  readonly required: number
  readonly body: JsonObject
}

/** An operation that several holders of key shares carry out together. */
export type CeremonyApi = {
  status(): Promise<Ceremony>
  start(request: JsonObject): Promise<Ceremony>
  /** Adds one share. `nonce` is the one that the operation was started with. */
  update(share: string, nonce: string): Promise<Ceremony>
  cancel(): Promise<Answer>
}

/** The life of a server: initialisation, sealing, and its keys. */
export type SealApi = {
  status(): Promise<SealStatus>
  /** The answer of `sys/leader`; undefined while the server is sealed. */
  leader(): Promise<JsonObject | undefined>
  /** The nodes that serve the store, as `sys/ha-status` lists them. */
  members(): Promise<readonly JsonObject[]>
  initialized(): Promise<boolean>
  init(request: InitRequest): Promise<InitResult>
  unseal(share: string): Promise<SealStatus>
  /** Forgets the shares that have been given so far. */
  resetUnseal(): Promise<SealStatus>
  seal(): Promise<Answer>
  /** Adds a new encryption key; old data stays readable. */
  rotate(): Promise<Answer>
  keyStatus(): Promise<Answer>
  readonly rekey: CeremonyApi
  /** Confirms new shares, where the rekey was started with `require_verification`. */
  readonly rekeyVerification: CeremonyApi
  readonly generateRoot: CeremonyApi
}

export function sealApi(client: Client): SealApi {
  const bare = async (pending: Promise<Answer>) => objectOf((await pending).body)
  const unsealWith = async (body: JsonObject) => sealStatusOf(await bare(client.write('sys/unseal', body)))
  return {
    status: async () =>
      sealStatusOf(await bare(client.call('GET', 'sys/seal-status', { namespace: '', wrapTtl: '' }))),
    leader: () => bare(client.call('GET', 'sys/leader', { namespace: '', wrapTtl: '' })).catch(whileSealed),
    members: async () => listOf((await client.call('GET', 'sys/ha-status')).data?.nodes),
    initialized: async () => flagOf((await bare(client.call('GET', 'sys/init'))).initialized),
    init: async (request) => initResultOf(await bare(client.write('sys/init', { ...request }))),
    unseal: (key) => unsealWith({ key }),
    resetUnseal: () => unsealWith({ reset: true }),
    seal: () => client.write('sys/seal'),
    rotate: () => client.write('sys/rotate'),
    keyStatus: () => client.call('GET', 'sys/key-status'),
    rekey: ceremonyApi(client, 'sys/rekey/init', 'sys/rekey/update'),
    rekeyVerification: ceremonyApi(client, 'sys/rekey/verify', 'sys/rekey/verify'),
    generateRoot: ceremonyApi(client, 'sys/generate-root/attempt', 'sys/generate-root/update'),
  }
}

const ceremonyApi = (client: Client, attempt: string, update: string): CeremonyApi => ({
  status: async () => ceremonyOf((await client.call('GET', attempt)).body),
  start: async (request) => {
    const started = await client.write(attempt, request)
    // Vault answers the start of a rekey with its status, older servers with nothing.
    return ceremonyOf(started.body ?? (await client.call('GET', attempt)).body)
  },
  update: async (key, nonce) => ceremonyOf((await client.write(update, { key, nonce })).body),
  cancel: () => client.delete(attempt),
})

function whileSealed(error: unknown): undefined {
  if (error instanceof ClientError && error.status === 503) return undefined
  throw error
}

function ceremonyOf(body: Json): Ceremony {
  const fields = objectOf(body)
  return {
    started: flagOf(fields.started),
    complete: flagOf(fields.complete),
    nonce: textOf(fields.nonce) || textOf(fields.verification_nonce),
    progress: numberOf(fields.progress),
    required: numberOf(fields.required) || numberOf(fields.t),
    body: fields,
  }
}

const initResultOf = (fields: JsonObject): InitResult => ({
  keys: textsOf(fields.keys),
  keys_base64: textsOf(fields.keys_base64),
  recovery_keys: textsOf(fields.recovery_keys),
  recovery_keys_base64: textsOf(fields.recovery_keys_base64),
  root_token: textOf(fields.root_token),
})

const sealStatusOf = (fields: JsonObject): SealStatus => ({
  type: textOf(fields.type),
  initialized: flagOf(fields.initialized),
  sealed: flagOf(fields.sealed),
  t: numberOf(fields.t),
  n: numberOf(fields.n),
  progress: numberOf(fields.progress),
  nonce: textOf(fields.nonce),
  version: textOf(fields.version),
  storage_type: textOf(fields.storage_type),
  cluster_name: textOf(fields.cluster_name),
  cluster_id: textOf(fields.cluster_id),
  recovery_seal: flagOf(fields.recovery_seal),
  body: fields,
})
