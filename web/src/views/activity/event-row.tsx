import { Badge } from '@mantine/core'
import { IconAlertTriangle, IconShieldCog } from '@tabler/icons-react'
import type { SpaceEvent } from '../../api/deed.ts'
import { Person } from '../../parts/person.tsx'
import { useTexts } from '../../texts/texts.ts'
import { moment, timeOfDay } from '../../texts/times.ts'
import classes from './activity.module.css'

/** What happened to somebody's space. */
export function EventRow({ event }: { readonly event: SpaceEvent }) {
  const texts = useTexts()
  const { activity } = texts
  const isOpening = event.kind === 'opened'
  const Icon = isOpening ? IconAlertTriangle : IconShieldCog
  const words: Readonly<Record<string, string>> = activity.events
  return (
    <li className={classes.row} data-emergency={isOpening || undefined}>
      <Icon size={20} aria-hidden className={classes.icon} />
      <div className={classes.what}>
        <div className={classes.line}>
          <span>
            <span className={classes.did}>
              {event.by === undefined ? activity.configuration : <Person who={event.by} />}
            </span>{' '}
            {isOpening ? activity.opened(moment(texts, event.until)) : (words[event.kind] ?? activity.event)}
          </span>
          {isOpening && (
            <Badge color="red" variant="light">
              {activity.emergency}
            </Badge>
          )}
        </div>
        <div className={classes.more}>
          {event.reason !== '' && (
            <span>
              <bdi>{activity.reason(event.reason)}</bdi>
            </span>
          )}
          {event.capabilities.length > 0 && <span>{activity.may(event.capabilities.join(', '))}</span>}
        </div>
      </div>
      <time className={classes.time} dateTime={event.time}>
        {timeOfDay(texts, event.time)}
      </time>
    </li>
  )
}
