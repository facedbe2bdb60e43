import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { TokenTools } from '../token/create.ts'
import type { TtlBounds } from '../token/ttl.ts'
import type { Ground } from '../transaction/transaction.ts'
import type { Days } from '../usage/days/days.ts'
import type { Journal } from '../usage/journal/journal.ts'
import type { Usage } from '../usage/usage.ts'
import type { Registry } from './request/locate.ts'
import type { InFlightPlaces } from './request/records/in-flight.ts'
import type { Recorder } from './request/records/recorder.ts'
import type { Spaces } from './spaces/spaces.ts'

/** What serving a request needs of the node. */
export type Services = {
  readonly clock: Clock
  readonly random: Random
  readonly version: string
  readonly systemTtl: TtlBounds
  readonly registry: Registry
  readonly inFlight: InFlightPlaces
  /** How many processes serve the store, as far as this one knows; itself included. */
  processes(): number
  /** @throws sealed */
  ground(): Ground
  /** @throws sealed */
  tokens(): TokenTools
  readonly recorder: Recorder
  /** @throws sealed */
  usage(): Usage
  /** @throws sealed */
  days(): Days
  /** @throws sealed */
  journal(): Journal
  /** The owner guard: refuses everybody but the owner below a person's space. */
  readonly guard: Spaces['guard']
  /** Called in the transaction of a login, before the entity and the token are made. */
  readonly arrived: Spaces['arrived']
  /** Names that stand in for a listing of people's folders. */
  readonly listed: Spaces['listed']
}
