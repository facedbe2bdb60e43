import type { Who } from '../api/who.ts'
import { useSession } from '../app/session/context.ts'
import { useTexts } from '../texts/texts.ts'
import { useWho } from './use-who.ts'

/** Who did something: "you", or what they are called. */
export function Person({ who }: { readonly who: Who }) {
  const { people } = useTexts()
  const { state } = useSession()
  const name = useWho(who)
  const own = state.kind === 'in' || state.kind === 'ended' ? state.session.entityId : ''
  if (who.entityId !== '' && who.entityId === own) return <>{people.you}</>
  return <bdi title={who.displayName}>{name || people.nobody}</bdi>
}
