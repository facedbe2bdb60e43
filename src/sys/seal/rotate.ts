import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { checkRotation, defaultRotation, type RotationConfig } from '../../barrier/keyring/rotation.ts'
import { rotationKey } from '../../barrier/rows.ts'
import { formatGoDuration } from '../../base/duration.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { SealServices } from './services.ts'

const configs = jsonRecord<Partial<RotationConfig>>('rotation configuration')

const fields = {
  enabled: field.boolean('Whether key terms are retired by themselves.'),
  interval: field.duration('Age at which a term is retired, at least a day; 0 for no limit.'),
  max_operations: field.integer('Encryptions after which a term is retired.'),
}

async function readConfig({ tx }: SystemContext): Promise<RotationConfig> {
  return { ...defaultRotation, ...(await tx.get(configs, rotationKey)) }
}

async function show(context: SystemContext): Promise<Reply> {
  const { enabled, interval, maxOperations } = await readConfig(context)
  const shown = interval === 0 ? 0 : formatGoDuration(interval)
  return { data: { enabled, interval: shown, max_operations: maxOperations } }
}

async function configure(context: SystemContext, sent: FieldValues<typeof fields>): Promise<Reply> {
  const before = await readConfig(context)
  const config = checkRotation({
    enabled: sent.enabled ?? before.enabled,
    interval: sent.interval ?? before.interval,
    maxOperations: sent.max_operations ?? before.maxOperations,
  })
  context.tx.put(configs, rotationKey, config)
  return {}
}

const configShape = shape.object({
  enabled: shape.boolean(),
  interval: shape.either(shape.string('A Go duration such as "48h0m0s".'), shape.integer('0 for no limit.')),
  max_operations: shape.integer(),
})

export const rotateRoutes = ({ keeper }: SealServices) => [
  ...['rotate', 'rotate/keyring'].map((path) =>
    systemRoute({
      path,
      summary: 'Make a new key term.',
      description: 'What is written from then on is encrypted under it; the old terms still decrypt.',
      sudo: true,
      operations: {
        async update() {
          await keeper().barrier().rotate()
          return {}
        },
      },
    }),
  ),
  ...['rotate/config', 'rotate/keyring/config'].map((path) =>
    systemRoute({
      path,
      summary: 'Show and set when a new key term is made by itself.',
      fields,
      answers: { read: answer.data(configShape) },
      operations: { read: show, update: configure },
    }),
  ),
  systemRoute({
    path: 'key-status',
    summary: 'Show the active key term.',
    answers: {
      read: answer.flat(
        shape.object({ encryptions: shape.integer(), install_time: shape.time(), term: shape.integer() }),
      ),
    },
    operations: {
      async read() {
        const { term, installed, encryptions } = await keeper().barrier().keyStatus()
        const install_time = new Date(installed).toISOString()
        return { data: { encryptions, install_time, term }, flatten: true }
      },
    },
  }),
]
