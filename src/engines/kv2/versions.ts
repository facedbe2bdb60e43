import type { Context } from '../../backend/context.ts'
import { pathOf } from '../../backend/kv/object.ts'
import { type Person, personOf } from '../../backend/kv/person.ts'
import type { Config, Metadata, Version } from '../../backend/kv/record.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { type EngineRoute, route } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { changeVersions, deleted, deletionOf, isReadable, undeleted } from './model.ts'
import { findSecret, readConfig, saveSecret, wantSecret } from './secret.ts'

const fields = { versions: field.list('The numbers of the versions.') }

/** What becomes of a version, given everything that may matter for that. */
type Change = (version: Version, about: About) => Version
type About = {
  readonly now: number
  readonly metadata: Metadata
  readonly config: Config
  readonly by: Person | undefined
}

/** @throws invalid_request when there are none, or one is no number */
function numbersOf(versions: readonly string[] = []): ReadonlySet<number> {
  if (versions.length === 0) fail('invalid_request', 'No version number provided')
  return new Set(
    versions.map((text) =>
      /^\d{1,15}$/.test(text)
        ? Number(text)
        : fail(
            'invalid_request',
            'Field validation failed: field "versions" holds what is no version number',
          ),
    ),
  )
}

/** A route that changes chosen versions; those that are not there, or destroyed, are passed over. */
function changeRoute(name: string, summary: string, change: Change): EngineRoute {
  const update = async (context: Context, { versions }: FieldValues<typeof fields>): Promise<Reply> => {
    const numbers = numbersOf(versions)
    const secret = await findSecret(context, pathOf(context))
    if (secret === undefined) return {}
    const { metadata } = secret
    const config = await readConfig(context.storage)
    const now = context.clock.now()
    const about = { now, metadata, config, by: personOf(context.caller) }
    const after = changeVersions(metadata, numbers, (version) => change(version, about))
    if (after.versions.some((version, i) => version !== metadata.versions[i])) {
      saveSecret(context.storage, secret, { ...after, updated: now })
    }
    return {}
  }
  return route({
    path: `${name}/{path+}`,
    summary,
    fields,
    operations: { update },
    secret: 'path',
    prefetch: (context) => wantSecret(context.storage, pathOf(context)),
  })
}

export const versionRoutes: readonly EngineRoute[] = [
  changeRoute('delete', 'Delete versions of a secret; they can be undeleted.', (version, { now, by }) =>
    isReadable(version, now) ? deleted(version, now, by) : version,
  ),
  changeRoute('undelete', 'Bring deleted versions of a secret back.', (version, { now, metadata, config }) =>
    undeleted(version, deletionOf(metadata, config, now)),
  ),
  changeRoute('destroy', 'Remove the data of versions of a secret for good.', (version) => ({
    ...version,
    destroyed: true,
  })),
]
