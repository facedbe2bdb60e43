import { fail } from '../../../base/errors.ts'
import type { KvSettings } from '../../../client/index.ts'
import { duration, type FlagValues, onOff, pairs, whole } from '../../command/flag.ts'

/** What can be told a secret about its versions. */
export const settingFlags = {
  maxVersions: whole('How many versions are kept; 0 leaves it to the engine.'),
  casRequired: onOff('Whether every write has to say which version it replaces (-cas).'),
  deleteVersionAfter: duration('How long a version is there before it is deleted; 0s for ever.'),
  customMetadata: pairs('A note about the secret, which is no secret itself.'),
}

/** @throws invalid_request when nothing is set */
export function needSomething(settings: KvSettings): KvSettings {
  return Object.keys(settings).length > 0
    ? settings
    : fail('invalid_request', 'there is nothing to change; give a flag')
}

/** The settings that were given, as the wire has them. */
export const settingsOf = (flags: FlagValues<typeof settingFlags>): KvSettings => ({
  ...(flags.maxVersions !== undefined && { max_versions: flags.maxVersions }),
  ...(flags.casRequired !== undefined && { cas_required: flags.casRequired }),
  ...(flags.deleteVersionAfter !== undefined && { delete_version_after: flags.deleteVersionAfter }),
  ...(flags.customMetadata !== undefined && { custom_metadata: flags.customMetadata }),
})
