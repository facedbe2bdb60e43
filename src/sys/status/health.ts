import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { type OpenRoute, openRoute } from '../../backend/routes/route.ts'
import type { SealKeeper } from '../../barrier/keeper/keeper.ts'
import { CofferError, fail } from '../../base/errors.ts'

const code = (description: string) => field.string(description, { maxLength: 16 })

const fields = {
  activecode: code('The status of a node that serves; 200 without it.'),
  sealedcode: code('The status of a sealed node; 503 without it.'),
  uninitcode: code('The status before the first initialisation; 501 without it.'),
  standbycode: code('Kept for clients: there is no standby here.'),
  standbyok: code('Kept for clients.'),
  perfstandbyok: code('Kept for clients.'),
  performancestandbycode: code('Kept for clients.'),
  drsecondarycode: code('Kept for clients.'),
}

function status(asked: string | undefined, standard: number): number {
  if (asked === undefined || asked === '') return standard
  const chosen = Number(asked)
  if (!Number.isInteger(chosen) || chosen < 200 || chosen > 599) fail('invalid_request')
  return chosen
}

const healthShape = shape.object(
  {
    initialized: shape.boolean(),
    sealed: shape.boolean(),
    standby: shape.boolean(),
    performance_standby: shape.boolean(),
    replication_performance_mode: shape.string(),
    replication_dr_mode: shape.string(),
    server_time_utc: shape.integer('Seconds since 1970.'),
    version: shape.string(),
  },
  { cluster_name: shape.string(), cluster_id: shape.string() },
)

/** Milliseconds that the store has to answer: less than load balancers wait. */
const storePatience = 1500

/** @throws storage_failed where the work takes longer */
async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = () => reject(new CofferError('storage_failed', 'the store does not answer'))
  const timer = setTimeout(late, milliseconds)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** `sys/health`, made for load balancers: the status alone tells where the node stands. */
export function healthRoute({
  keeper,
  patience = storePatience,
}: {
  keeper(): Pick<SealKeeper, 'status'>
  readonly patience?: number
}): OpenRoute {
  return openRoute({
    path: 'sys/health',
    summary: 'Where this node stands.',
    unrecorded: true,
    fields,
    answers: { read: answer.bare(healthShape) },
    operations: {
      read: async ({ clock }, asked: FieldValues<typeof fields>): Promise<Reply> => {
        const codes = {
          active: status(asked.activecode, 200),
          sealed: status(asked.sealedcode, 503),
          uninitialized: status(asked.uninitcode, 501),
        }
        const seal = await inTime(keeper().status(), patience)
        return {
          status: !seal.initialized ? codes.uninitialized : seal.sealed ? codes.sealed : codes.active,
          bare: {
            initialized: seal.initialized,
            sealed: seal.sealed,
            standby: seal.sealed,
            performance_standby: false,
            replication_performance_mode: seal.sealed ? 'unknown' : 'disabled',
            replication_dr_mode: seal.sealed ? 'unknown' : 'disabled',
            server_time_utc: Math.floor(clock.now() / 1000),
            version: seal.version,
            ...(seal.cluster_name === undefined ? {} : { cluster_name: seal.cluster_name }),
            ...(seal.cluster_id === undefined ? {} : { cluster_id: seal.cluster_id }),
          },
        }
      },
    },
  })
}
