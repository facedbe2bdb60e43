import { useEntityName } from '../../api/entity.ts'
import type { Session } from '../../api/session.ts'
import { personName } from '../../parts/person-name.ts'

/** What to call who is logged in: as the login or their entity says, or else by what they are known as here. */
export function useOwnName({ name, entityId, displayName }: Session): {
  readonly short: string
  readonly long: string
} {
  const { data = '' } = useEntityName(name === '' && entityId !== '' ? entityId : undefined)
  const said = name || data
  return said === '' ? personName(displayName) : { short: said, long: said }
}
