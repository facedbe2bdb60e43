import { IconUsersGroup } from '@tabler/icons-react'
import { usePlaces } from '../../api/spaces.ts'
import { PlaceCards } from '../../parts/place-cards/place-cards.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'

/** The virtual organisations whose folders somebody may open. */
export default function VosPage() {
  const { vos } = useTexts()
  const { data, error, isPending, refetch } = usePlaces()
  if (isPending) return <Loading />
  if (error !== null && data === undefined)
    return <Trouble isPage error={error} again={() => void refetch()} />
  if (data === undefined || data.shared.length === 0) {
    return <State isPage icon={IconUsersGroup} title={vos.empty} text={vos.emptyText} />
  }
  const cards = data.shared.map(({ name, title, writable }) => ({
    to: `/vos/${encodeURIComponent(name)}`,
    title,
    text: writable ? vos.writable : vos.readable,
  }))
  return <PlaceCards title={vos.title} icon={IconUsersGroup} cards={cards} />
}
