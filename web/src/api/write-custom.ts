import { ClientError } from '../../../src/client/error.ts'
import { api } from './client.ts'
import { type Custom, customChanges, customOf } from './custom.ts'
import { below, mountOf } from './secrets.ts'

/**
 * Changes the custom metadata of a secret in what differs between two states of it; what somebody else wrote
 * meanwhile under other names stays.
 */
export async function writeCustom(path: string, before: Custom, after: Custom): Promise<void> {
  const mount = await mountOf(path)
  const name = below(mount, path)
  const changes = customChanges(before, after)
  try {
    await api.kv.metadata.patch(mount, name, { custom_metadata: changes })
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 403) throw error
    // Policies from before there was a patch let the whole be written.
    const now = customOf((await api.kv.metadata.get(mount, name))?.data?.custom_metadata)
    const kept = Object.entries({ ...now, ...changes })
    const whole = kept.filter((pair): pair is [string, string] => pair[1] !== null)
    await api.kv.metadata.put(mount, name, { custom_metadata: Object.fromEntries(whole) })
  }
}
