import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import { pathOf, type StoredObject } from '../../backend/kv/object.ts'
import { personOf } from '../../backend/kv/person.ts'
import { type Config, configName, configs, type Metadata } from '../../backend/kv/record.ts'
import { EncodedJson, type Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { route } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { isRawNumber, type Json, type JsonObject, parseOwnJson } from '../../base/json/json.ts'
import { addVersion, checkCas, deleteNewest } from './changes.ts'
import { mergePatch } from './merge.ts'
import { isReadable, newMetadata, versionData, versionOf, versionShape } from './model.ts'
import { noSecret } from './paths.ts'
import { findSecret, readConfig, type Secret, versionObject, wantSecret } from './secret.ts'

const fields = {
  data: field.object('The fields of the secret.'),
  options: field.object('`cas`: the version that has to be the newest, 0 for a secret that must not exist.'),
  version: field.integer('The version to read; 0, or none, for the newest.'),
}
type Sent = FieldValues<typeof fields>

/**
 * Finds the version that a read asks for.
 *
 * @throws not_found when there is no such secret or version
 */
export async function findVersion(context: Context, part: string, wanted: number | undefined) {
  const path = pathOf(context)
  const secret = await findSecret(context, path)
  if (secret === undefined) return noSecret(context, part, path)
  const { metadata } = secret
  const number = wanted !== undefined && wanted > 0 ? wanted : metadata.current
  const version = versionOf(metadata, number)
  return version === undefined ? fail('not_found') : { secret, number, version }
}

async function read(context: Context, { version: wanted }: Sent): Promise<Reply> {
  const { secret, number, version } = await findVersion(context, 'data', wanted)
  const { metadata } = secret
  if (!isReadable(version, context.clock.now())) {
    return { status: 404, data: { data: null, metadata: versionData(metadata, number, version) } }
  }
  const object = await versionObject(context.storage, secret, number)
  return { data: shown(object, metadata, () => versionData(metadata, number, version)) }
}

/** Larger answers are not worth the memory of a second copy. */
const mostRemembered = 64 * 1024
type Shown = { readonly metadata: Metadata; readonly json: EncodedJson }
const remembered = new WeakMap<StoredObject, Shown>()

/**
 * An object with its metadata, remembered for as long as both rows are the same ones: then neither the answer
 * nor its line in the audit log is made again.
 */
function shown(object: StoredObject, metadata: Metadata, describe: () => JsonObject): EncodedJson {
  const before = remembered.get(object)
  if (before?.metadata === metadata) return before.json
  const json = new EncodedJson(`{"data":${object.json.text},"metadata":${JSON.stringify(describe())}}`)
  if (json.text.length <= mostRemembered) remembered.set(object, { metadata, json })
  return json
}

async function write(context: Context, { data, options }: Sent): Promise<Reply> {
  if (!('data' in context.request.fields)) fail('invalid_request', 'no data provided')
  const secret = await findSecret(context, pathOf(context))
  const config = await readConfig(context.storage)
  checkCas(secret?.metadata, config, casOf(options))
  const blank = { path: pathOf(context), metadata: newMetadata(context.clock.now()) }
  return added(context, secret ?? blank, config, data ?? null)
}

async function patch(context: Context, { data, options }: Sent): Promise<Reply> {
  if (data === undefined) fail('invalid_request', 'no data provided')
  const { secret, number, version } = await findVersion(context, 'data', undefined)
  if (!isReadable(version, context.clock.now())) {
    return { status: 404, data: versionData(secret.metadata, number, version) }
  }
  const config = await readConfig(context.storage)
  checkCas(secret.metadata, config, casOf(options))
  const object = await versionObject(context.storage, secret, number)
  return added(context, secret, config, mergePatch(parseOwnJson(object.json.text), data))
}

function added(context: Context, secret: Secret, config: Config, data: JsonObject | null): Reply {
  const object = { json: new EncodedJson(JSON.stringify(data)) }
  const metadata = addVersion(
    context.storage,
    secret,
    config,
    object,
    context.clock.now(),
    personOf(context.caller),
  )
  const version = versionOf(metadata, metadata.current)
  if (version === undefined) fail('internal', 'a version that was added is missing')
  return { data: versionData(metadata, metadata.current, version) }
}

async function remove(context: Context): Promise<Reply> {
  const secret = await findSecret(context, pathOf(context))
  if (secret !== undefined) {
    deleteNewest(context.storage, secret, context.clock.now(), personOf(context.caller))
  }
  return {}
}

/** @throws invalid_request for what is no number */
function casOf(options: JsonObject | undefined): number | undefined {
  const cas = options?.cas ?? null
  if (cas === null) return undefined
  const text = typeof cas === 'string' || typeof cas === 'number' ? String(cas) : rawText(cas)
  if (!/^-?\d{1,15}$/.test(text)) fail('invalid_request', 'error parsing check-and-set parameter')
  return Number(text)
}

const rawText = (value: Json): string => (isRawNumber(value) ? value.rawJSON : '')

export const dataRoute = route({
  path: 'data/{path+}',
  summary:
    'Write a new version of a secret, read a version, change single fields, delete the newest version.',
  fields,
  answers: {
    read: answer.data(shape.object({ data: shape.orNull(shape.anyObject()), metadata: versionShape })),
    write: answer.data(versionShape),
    patch: answer.data(versionShape),
  },
  query: ['version'],
  operations: { read, create: write, update: write, patch, delete: remove },
  exists: async (context) => (await findSecret(context, pathOf(context))) !== undefined,
  secret: 'path',
  prefetch: (context) => {
    const { operation, fields: sent } = context.request
    const wanted = operation === 'read' ? Number(sent.version) || 0 : 0
    wantSecret(context.storage, pathOf(context), Number.isSafeInteger(wanted) ? wanted : 0)
    if (operation !== 'read') context.storage.want(configs, configName)
  },
})
