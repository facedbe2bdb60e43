import { Title } from '@mantine/core'
import type { Happening } from '../../parts/activity/timeline.ts'
import { useTexts } from '../../texts/texts.ts'
import { fullDay } from '../../texts/times.ts'
import classes from './activity.module.css'
import { DeedRow } from './deed-row.tsx'
import { EventRow } from './event-row.tsx'

const dayLength = 24 * 3600_000

/** What happened on one day. @param day as `fullDay` names it */
export function DayList({
  day,
  happenings,
}: {
  readonly day: string
  readonly happenings: readonly Happening[]
}) {
  const texts = useTexts()
  const { activity } = texts
  const ago = (milliseconds: number) => fullDay(texts, new Date(Date.now() - milliseconds).toISOString())
  const name = day === ago(0) ? activity.today : day === ago(dayLength) ? activity.yesterday : day
  return (
    <section aria-label={name} className={classes.day}>
      <Title order={2} size="h5">
        {name}
      </Title>
      <ul className={classes.list}>
        {happenings.map((one) =>
          one.kind === 'deed' ? (
            <DeedRow key={one.key} deed={one.deed} />
          ) : (
            <EventRow key={one.key} event={one.event} />
          ),
        )}
      </ul>
    </section>
  )
}
