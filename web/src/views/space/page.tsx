import { Button } from '@mantine/core'
import { IconHomeOff } from '@tabler/icons-react'
import { usePlaces } from '../../api/spaces.ts'
import { Explorer } from '../../parts/explorer/explorer.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'

/** What belongs to whoever is logged in. */
export default function SpacePage() {
  const { space } = useTexts()
  const { data, error, isPending, refetch } = usePlaces()
  if (isPending) return <Loading />
  if (error !== null && data === undefined)
    return <Trouble isPage error={error} again={() => void refetch()} />
  if (data?.own === undefined) {
    return (
      <State isPage icon={IconHomeOff} title={space.none} text={space.noneText}>
        <Button component={LinkTo} to="/places">
          {space.to}
        </Button>
      </State>
    )
  }
  return <Explorer title={space.title} root={data.own} writable />
}
