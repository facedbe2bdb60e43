import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import { type Config, configName, configs } from '../../backend/kv/record.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { route } from '../../backend/routes/route.ts'
import { formatGoDuration } from '../../base/duration.ts'
import { mostVersions } from './model.ts'
import { readConfig } from './secret.ts'

/** What the mount and each secret can be told about versions. */
export const settingFields = {
  max_versions: field.integer('Versions that are kept; 0 leaves it to the mount, and there means 10.', {
    minimum: 0,
  }),
  cas_required: field.boolean('Whether every write has to say which version it replaces.'),
  delete_version_after: field.duration('How long a version is there before it is deleted; 0 for ever.'),
}
export type Settings = FieldValues<typeof settingFields>

export const settingMembers = {
  max_versions: shape.integer(),
  cas_required: shape.boolean(),
  delete_version_after: shape.string('A Go duration such as "1h0m0s".'),
}

export function settingsData({ maxVersions, casRequired, deleteVersionAfter }: Config) {
  return {
    max_versions: maxVersions,
    cas_required: casRequired,
    delete_version_after: formatGoDuration(deleteVersionAfter),
  }
}

/** What was said replaces, everything else stays. */
export function applySettings<T extends Config>(before: T, sent: Settings): T {
  return {
    ...before,
    maxVersions: sent.max_versions ?? before.maxVersions,
    casRequired: sent.cas_required ?? before.casRequired,
    deleteVersionAfter: sent.delete_version_after ?? before.deleteVersionAfter,
  }
}

/** What settings will not do as they read. */
export function settingWarnings({ max_versions: asked = 0 }: Settings): string[] {
  return asked > mostVersions ? [`"max_versions" is ${asked}, but at most ${mostVersions} are kept`] : []
}

/** An answer without content, or with the warnings alone. */
export const done = (warnings: readonly string[]): Reply =>
  warnings.length === 0 ? {} : { data: null, warnings }

const read = async ({ storage }: Context): Promise<Reply> => ({
  data: settingsData(await readConfig(storage)),
})

async function write({ storage }: Context, sent: Settings): Promise<Reply> {
  storage.put(configs, configName, applySettings(await readConfig(storage), sent))
  return done(settingWarnings(sent))
}

export const configRoute = route({
  path: 'config',
  summary: 'Read and write what holds for all secrets of the mount.',
  fields: settingFields,
  answers: { read: answer.data(shape.object(settingMembers)) },
  operations: { read, update: write },
  prefetch: ({ storage }) => storage.want(configs, configName),
})
