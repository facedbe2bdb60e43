import type { Client } from '../calls.ts'
import { type AuditApi, auditApi } from './audit.ts'
import { type KvApi, kvApi } from './kv.ts'
import { type LeasesApi, leasesApi } from './leases.ts'
import { type LoginApi, loginApi } from './login.ts'
import { type MountsApi, type MoveApi, mountsApi, moveApi } from './mounts.ts'
import { type PoliciesApi, policiesApi } from './policies.ts'
import { type SealApi, sealApi } from './seal.ts'
import { type SpacesApi, spacesApi } from './spaces.ts'
import { type TokenApi, tokenApi } from './token.ts'
import { type UsageApi, usageApi } from './usage.ts'

/** The typed families of calls, over any {@link Client}. */
export type Api = {
  readonly kv: KvApi
  readonly token: TokenApi
  readonly leases: LeasesApi
  readonly login: LoginApi
  readonly secrets: MountsApi
  readonly auth: MountsApi
  readonly move: MoveApi
  readonly policies: PoliciesApi
  readonly audit: AuditApi
  readonly spaces: SpacesApi
  readonly seal: SealApi
  readonly usage: UsageApi
}

export const apiOf = (client: Client): Api => ({
  kv: kvApi(client),
  token: tokenApi(client),
  leases: leasesApi(client),
  login: loginApi(client),
  secrets: mountsApi(client, 'sys/mounts'),
  auth: mountsApi(client, 'sys/auth'),
  move: moveApi(client),
  policies: policiesApi(client),
  audit: auditApi(client),
  spaces: spacesApi(client),
  seal: sealApi(client),
  usage: usageApi(client),
})
