import { SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconHistory, IconUserOff } from '@tabler/icons-react'
import { useDeeds, useSpaceEvents } from '../../api/activity.ts'
import { useSearchTexts } from '../../app/search.ts'
import { useSession } from '../../app/session/context.ts'
import { byDay, happeningsOf } from '../../parts/activity/timeline.ts'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'
import { fullDay } from '../../texts/times.ts'
import { DayList } from './day-list.tsx'

const shows = ['all', 'own', 'others'] as const
type Show = (typeof shows)[number]

/** What somebody did lately, and what others did with theirs. */
export default function ActivityPage() {
  const { activity } = useTexts()
  const { state } = useSession()
  const entity = state.kind === 'in' || state.kind === 'ended' ? state.session.entityId : ''
  if (entity === '')
    return <State isPage icon={IconUserOff} title={activity.nobody} text={activity.nobodyText} />
  return (
    <Stack maw={820}>
      <Title order={1} size="h3">
        {activity.title}
      </Title>
      <Text c="dimmed">{activity.lead}</Text>
      <Timeline />
    </Stack>
  )
}

function Timeline() {
  const texts = useTexts()
  const { activity } = texts
  const [search, setSearch] = useSearchTexts()
  const deeds = useDeeds()
  const events = useSpaceEvents()
  const show = shows.find((one) => one === search.show) ?? 'all'
  if (deeds.isPending || events.isLoading) return <Loading />
  const error = deeds.error ?? events.error
  if (error !== null) {
    return <Trouble error={error} again={() => void Promise.all([deeds.refetch(), events.refetch()])} />
  }
  const shown = happeningsOf(deeds.data ?? [], events.data ?? []).filter(
    (one) => show === 'all' || (one.kind === 'deed' && one.deed.isOwn) === (show === 'own'),
  )
  return (
    <>
      <SegmentedControl
        aria-label={activity.show}
        value={show}
        data={shows.map((value) => ({ value, label: activity[value] }))}
        onChange={(next: string) => setSearch({ show: next === 'all' ? undefined : (next as Show) })}
      />
      {shown.length === 0 ? (
        <State
          icon={IconHistory}
          title={show === 'others' ? activity.noOthers : activity.none}
          text={show === 'others' ? activity.noOthersText : activity.noneText}
        />
      ) : (
        byDay(shown, (time) => fullDay(texts, time)).map(({ day, happenings }) => (
          <DayList key={day} day={day} happenings={happenings} />
        ))
      )}
    </>
  )
}
