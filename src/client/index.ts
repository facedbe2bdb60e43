export type { Answer, AuthInfo, WrapInfo } from './answer.ts'
export { type Api, apiOf } from './api/api.ts'
export type { AuditApi, AuditDevice } from './api/audit.ts'
export { type KvApi, type KvMount, type KvSettings, kvPath } from './api/kv.ts'
export type { LeasesApi } from './api/leases.ts'
export type { LoginApi } from './api/login.ts'
export type { MountsApi, MoveApi, MoveStatus } from './api/mounts.ts'
export type { PoliciesApi } from './api/policies.ts'
export type { Ceremony, CeremonyApi, InitRequest, InitResult, SealApi, SealStatus } from './api/seal.ts'
export type { OpenSpaceRequest, SpacesApi } from './api/spaces.ts'
export type { TokenApi, TokenChoice, TokenRequest } from './api/token.ts'
export type { UsageApi, UsageSpan } from './api/usage.ts'
export type { CacheOptions, CacheUse } from './cache/cached.ts'
export type { CallOptions, Method, Query } from './call.ts'
export {
  type Client,
  type ClientOptions,
  createClient,
  type Listing,
} from './client.ts'
export { type Attempt, ClientError, type ClientErrorReason, type Denied } from './error.ts'
export { flagOf, numberOf, objectOf, objectsOf, textOf, textsOf } from './shape.ts'
