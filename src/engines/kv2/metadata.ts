import { answer } from '../../backend/answers/answer.ts'
import { shape, type ValueOf } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import { deleteSecret } from '../../backend/kv/deleted.ts'
import { folderOf, pathOf } from '../../backend/kv/object.ts'
import {
  type Config,
  configName,
  configs,
  dataFolder,
  headName,
  heads,
  type Metadata,
} from '../../backend/kv/record.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { listFolder, shownNames } from '../../backend/routes/listing.ts'
import { type EngineRoute, route } from '../../backend/routes/route.ts'
import { scanFolder } from '../../backend/routes/scanning.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import type { ListOptions } from '../../storage/store.ts'
import { customMetadata, patchCustom } from './custom.ts'
import { firstVersion, newMetadata, versionsData, versionsShape } from './model.ts'
import { mayReadMetadata, noSecret, rootRoute } from './paths.ts'
import { findSecret, readConfig, saveSecret } from './secret.ts'
import { secrets } from './secrets.ts'
import {
  applySettings,
  done,
  settingFields,
  settingMembers,
  settingsData,
  settingWarnings,
} from './settings.ts'

const fields = {
  ...settingFields,
  custom_metadata: field.object('Notes about the secret: at most 64 texts by name.'),
}
type Sent = FieldValues<typeof fields>

const metadataMembers = {
  ...settingMembers,
  created_time: shape.time(),
  current_version: shape.integer(),
  custom_metadata: shape.orNull(shape.texts()),
  oldest_version: shape.integer('0 while none is gone.'),
  updated_time: shape.time(),
  versions: versionsShape,
}
const metadataShape = shape.object(metadataMembers)

function metadataData(metadata: Metadata): ValueOf<typeof metadataShape> {
  return {
    ...settingsData(metadata),
    created_time: timeText(metadata.created),
    current_version: metadata.current,
    custom_metadata: metadata.custom === null ? null : { ...metadata.custom },
    oldest_version: metadata.oldest > 1 ? metadata.oldest : 0,
    updated_time: timeText(metadata.updated),
    versions: versionsData(metadata),
  }
}

async function read(context: Context): Promise<Reply> {
  const secret = await findSecret(context, pathOf(context))
  if (secret === undefined) noSecret(context, 'metadata', pathOf(context))
  return { data: metadataData(secret.metadata) }
}

async function write(context: Context, sent: Sent): Promise<Reply> {
  checkSpan(sent)
  const now = context.clock.now()
  const secret = (await findSecret(context, pathOf(context))) ?? {
    path: pathOf(context),
    metadata: newMetadata(now),
  }
  const custom = sent.custom_metadata === undefined ? secret.metadata.custom : customOf(sent.custom_metadata)
  saveSecret(context.storage, secret, { ...applySettings(secret.metadata, sent), custom, updated: now })
  return done(warnings(sent, await readConfig(context.storage)))
}

/** A merge patch: null puts a setting back to what it was at first. */
async function patch(context: Context, sent: Sent): Promise<Reply> {
  checkSpan(sent)
  const secret = await findSecret(context, pathOf(context))
  if (secret === undefined) noSecret(context, 'metadata', pathOf(context))
  const { fields: all } = context.request
  const cleared = {
    ...(all.max_versions === null ? { max_versions: 0 } : {}),
    ...(all.cas_required === null ? { cas_required: false } : {}),
    ...(all.delete_version_after === null ? { delete_version_after: 0 } : {}),
  }
  const { metadata } = secret
  const kept = all.custom_metadata === null ? null : metadata.custom
  const custom = sent.custom_metadata === undefined ? kept : patchCustom(kept, sent.custom_metadata)
  const settled = applySettings(metadata, { ...sent, ...cleared })
  saveSecret(context.storage, secret, { ...settled, custom, updated: context.clock.now() })
  return done(warnings(sent, await readConfig(context.storage)))
}

async function remove(context: Context): Promise<Reply> {
  await deleteSecret(context, secrets, pathOf(context))
  return {}
}

function customOf(sent: JsonObject) {
  return Object.keys(sent).length === 0 ? null : customMetadata(sent)
}

function checkSpan({ delete_version_after: span }: Sent): void {
  if (span !== undefined && span < 0) fail('invalid_request', `cannot provide negative value '${span}'`)
}

function warnings(sent: Sent, config: Config): string[] {
  const all = settingWarnings(sent)
  if (sent.cas_required === false && config.casRequired) {
    all.push('"cas_required" set to false, but is mandated by backend config. This value will be ignored.')
  }
  return all
}

/** The parts of a mount below which a policy may let somebody reach a secret. */
const views = ['metadata/', 'data/']
const below = (context: Context) => context.storage.below(dataFolder)

const list = (context: Context, options: ListOptions) =>
  listFolder(context, below(context), folderOf(context), options, views)

const scan = (context: Context, options: ListOptions) =>
  scanFolder(context, below(context), folderOf(context), options, views)

/** Names whose metadata one answer holds. */
const mostDetailed = 10_000
/** Versions of all of them together: each is a part of the answer. */
const mostDetailedVersions = 100_000
const readAtOnce = 100

async function listDetailed(context: Context, options: ListOptions): Promise<Reply> {
  const limit = Math.min(options.limit ?? mostDetailed + 1, mostDetailed + 1)
  const folder = folderOf(context)
  const names = await shownNames(context, below(context), folder, { ...options, limit }, views)
  if (names.length === 0) fail('not_found')
  if (names.length > mostDetailed) {
    fail('invalid_request', `the folder has more than ${mostDetailed} names; page with after and limit`)
  }
  const info = new Map<string, JsonObject>(names.map((name) => [name, {}]))
  const leaves = names.filter((name) => !name.endsWith('/') && mayReadMetadata(context, folder + name))
  let versions = 0
  for (let first = 0; first < leaves.length; first += readAtOnce) {
    const some = leaves.slice(first, first + readAtOnce)
    const found = await context.storage.getAll(
      heads,
      some.map((name) => headName(folder + name)),
    )
    some.forEach((name, i) => {
      const head = found[i]
      if (head === undefined) return
      const metadata = 'metadata' in head ? head.metadata : firstVersion(context.mount.versionedSince ?? 0)
      versions += metadata.versions.length
      if (versions <= mostDetailedVersions) info.set(name, metadataData(metadata))
    })
    if (versions > mostDetailedVersions) {
      fail(
        'invalid_request',
        `the secrets have more than ${mostDetailedVersions} versions; page with after and limit`,
      )
    }
  }
  return { data: { keys: names, key_info: Object.fromEntries(info) } }
}

/** Of folders, and of what the caller may not read, the name alone. */
const detailedNames = answer.namesWith({}, metadataMembers)

export const metadataRoutes: readonly EngineRoute[] = [
  route({
    path: 'metadata/{path+}',
    summary: 'Read, write and patch what is known of a secret, or remove it with all versions; list names.',
    fields,
    answers: { read: answer.data(metadataShape) },
    operations: { read, create: write, update: write, patch, delete: remove },
    list,
    scan,
    exists: async (context) => (await findSecret(context, pathOf(context))) !== undefined,
    secret: 'path',
    showsSecret: false,
    prefetch: ({ storage, params, request }) => {
      storage.want(heads, headName(pathOf({ params })))
      if (request.operation !== 'read') storage.want(configs, configName)
    },
  }),
  rootRoute('metadata', { list, scan }),
  route({
    path: 'detailed-metadata/{path+}',
    summary: 'List names together with what is known of each.',
    answers: { list: detailedNames },
    operations: {},
    list: listDetailed,
  }),
  rootRoute('detailed-metadata', { list: listDetailed, names: detailedNames }),
]
