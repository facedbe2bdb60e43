import { IconBuildingWarehouse } from '@tabler/icons-react'
import { useSecretMounts } from '../../api/spaces.ts'
import { PlaceCards } from '../../parts/place-cards/place-cards.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'

/** Everywhere that secrets are kept, as far as somebody may reach it. */
export default function PlacesPage() {
  const { places } = useTexts()
  const { data, error, isPending, refetch } = useSecretMounts()
  if (isPending) return <Loading />
  if (error !== null && data === undefined)
    return <Trouble isPage error={error} again={() => void refetch()} />
  const kept = data?.filter(({ type }) => type === 'kv' || type === 'cubbyhole') ?? []
  if (kept.length === 0) {
    return <State isPage icon={IconBuildingWarehouse} title={places.empty} text={places.emptyText} />
  }
  const cards = kept.map(({ path, type, description, version }) => ({
    to: '/places/at',
    search: { at: path },
    title: path.replace(/\/$/, ''),
    text:
      type === 'cubbyhole'
        ? places.loginOnly
        : description || (version === 2 ? places.versions : places.noVersions),
  }))
  return <PlaceCards title={places.title} lead={places.lead} icon={IconBuildingWarehouse} cards={cards} />
}
