import { answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import { readConfig } from '../keys/access.ts'
import { configRow, configs } from '../keys/record.ts'

const cacheFields = {
  size: field.integer(
    'Kept and shown. The cache of the server is bounded by its bytes, for all mounts together.',
  ),
}
const minCacheSize = 10

async function writeCache(context: Context, sent: FieldValues<typeof cacheFields>): Promise<Reply> {
  const size = sent.size ?? 0
  if (size !== 0 && size < minCacheSize) {
    fail('invalid_request', `size must be 0 or a value greater or equal to ${minCacheSize}`)
  }
  context.storage.put(configs, configRow, { ...(await readConfig(context)), cacheSize: size })
  return { data: { size } }
}

const keysFields = {
  disable_upsert: field.boolean('Encrypting under an unknown name makes no key.'),
}

async function writeKeys(context: Context, sent: FieldValues<typeof keysFields>): Promise<Reply> {
  const disableUpsert = sent.disable_upsert ?? false
  context.storage.put(configs, configRow, { ...(await readConfig(context)), disableUpsert })
  return { data: { disable_upsert: disableUpsert } }
}

const sizeShape = shape.object({ size: shape.integer() })
const keysShape = shape.object({ disable_upsert: shape.boolean() })

export const configRoutes: readonly EngineRoute[] = [
  route({
    path: 'cache-config',
    summary: 'Read and write the size of the cache of keys.',
    fields: cacheFields,
    answers: { read: answer.data(sizeShape), write: answer.data(sizeShape) },
    operations: {
      read: async (context) => ({ data: { size: (await readConfig(context)).cacheSize } }),
      update: writeCache,
    },
  }),
  route({
    path: 'config/keys',
    summary: 'Read and write what holds for all keys.',
    fields: keysFields,
    answers: { read: answer.data(keysShape), write: answer.data(keysShape) },
    operations: {
      read: async (context) => ({ data: { disable_upsert: (await readConfig(context)).disableUpsert } }),
      update: writeKeys,
    },
  }),
]
