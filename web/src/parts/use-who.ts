import { useName } from '../api/names.ts'
import type { Who } from '../api/who.ts'
import { personName } from './person-name.ts'

/** What to call somebody: their name where one may know it, else by what their login goes by; may be empty. */
export function useWho({ entityId, displayName }: Who): string {
  const { data = '' } = useName(entityId)
  return data || personName(displayName).long
}
