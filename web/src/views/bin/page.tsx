import { NativeSelect, Stack, Text, Title } from '@mantine/core'
import { IconTrashOff } from '@tabler/icons-react'
import { useSecretMounts } from '../../api/spaces.ts'
import { useSearchTexts } from '../../app/search.ts'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { usePlaceName, useWhereabouts } from '../../parts/whereabouts/use-whereabouts.ts'
import { useTexts } from '../../texts/texts.ts'
import classes from './bin.module.css'
import { DeletedList } from './deleted-list.tsx'

/** What was deleted in a place, and can come back. */
export default function BinPage() {
  const { bin, move } = useTexts()
  const [{ of }, setSearch] = useSearchTexts()
  const { error, isPending, refetch } = useSecretMounts()
  const places = useWhereabouts()
  const nameOf = usePlaceName()
  const place = places.find(({ root }) => root === of) ?? places[0]
  if (isPending) return <Loading />
  if (error !== null) return <Trouble isPage error={error} again={() => void refetch()} />
  return (
    <Stack className={classes.page ?? ''}>
      <Title order={1} size="h3">
        {bin.title}
      </Title>
      <Text c="dimmed">{bin.lead}</Text>
      {place === undefined ? (
        <State icon={IconTrashOff} title={bin.empty} />
      ) : (
        <>
          <NativeSelect
            maw={360}
            label={move.place}
            value={place.root}
            onChange={({ currentTarget: { value } }) => setSearch({ of: value })}
            data={places.map((one) => ({ value: one.root, label: nameOf(one) }))}
          />
          <DeletedList key={place.root} place={place} />
        </>
      )}
    </Stack>
  )
}
