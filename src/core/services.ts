import type { Broker } from '../audit/broker.ts'
import type { Caller } from '../backend/context.ts'
import type { Login } from '../backend/login.ts'
import type { ApiRequest } from '../backend/message.ts'
import type { Mount } from '../backend/mount.ts'
import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { TokenTools } from '../token/create.ts'
import type { TtlBounds } from '../token/ttl.ts'
import type { Ground, Transaction } from '../transaction/transaction.ts'
import type { Registry } from './request/locate.ts'

/** What serving a request needs of the node. */
export type Services = {
  readonly clock: Clock
  readonly random: Random
  readonly version: string
  readonly systemTtl: TtlBounds
  readonly registry: Registry
  /** @throws sealed */
  ground(): Ground
  /** @throws sealed */
  tokens(): TokenTools
  /** @throws sealed */
  audit(): Broker
  /** The owner guard: refuses everybody but the owner below a person's space. */
  guard(tx: Transaction, mount: Mount, request: ApiRequest, caller: Caller | undefined): Promise<void>
  /** Called in the transaction of a login, when the entity is known and before the token is made. */
  arrived(tx: Transaction, mount: Mount, login: Login): Promise<{ person?: string; space?: string }>
  /** Names that stand in for a listing of people's folders. */
  listed(
    tx: Transaction,
    mount: Mount,
    request: ApiRequest,
    caller: Caller | undefined,
  ): Promise<string[] | undefined>
}
