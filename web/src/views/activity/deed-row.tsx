import { Badge } from '@mantine/core'
import { IconBox, IconEye, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import type { Deed } from '../../api/deed.ts'
import { usePlaces } from '../../api/spaces.ts'
import { shortName, spotOf } from '../../parts/activity/timeline.ts'
import { LinkTo } from '../../parts/link-to.tsx'
import { Person } from '../../parts/person.tsx'
import { useTexts } from '../../texts/texts.ts'
import { timeOfDay } from '../../texts/times.ts'
import classes from './activity.module.css'

const icons = { read: IconEye, create: IconPlus, update: IconPencil, patch: IconPencil, delete: IconTrash }

/** What somebody did with one secret. */
export function DeedRow({ deed }: { readonly deed: Deed }) {
  const texts = useTexts()
  const { activity, usage } = texts
  const { data: places } = usePlaces()
  const known = deed.operation in icons ? (deed.operation as keyof typeof icons) : undefined // asked before
  const Icon = deed.way === 'locker' ? IconBox : known === undefined ? IconEye : icons[known]
  const spot = spotOf(places, deed)
  const name = <bdi>{shortName(places, deed)}</bdi>
  return (
    <li className={classes.row} data-emergency={deed.way === 'opening' || undefined}>
      <Icon size={20} aria-hidden className={classes.icon} />
      <div className={classes.what}>
        <div className={classes.line}>
          <span>
            <span className={classes.did}>{known === undefined ? activity.other : activity.did[known]}</span>{' '}
            {spot === undefined ? (
              name
            ) : (
              <LinkTo to={spot.to} search={spot.search} className={classes.link}>
                {name}
              </LinkTo>
            )}
            {deed.mount === '' && ` ${activity.gone}`}
          </span>
          {deed.way === 'opening' && (
            <Badge color="red" variant="light">
              {activity.emergency}
            </Badge>
          )}
        </div>
        <div className={classes.more}>
          {!deed.isOwn && deed.way !== 'locker' && (
            <span>
              <Person who={deed.who} />
            </span>
          )}
          {deed.way === 'locker' && <span>{activity.byLocker}</span>}
          {deed.address !== '' && <span>{usage.from(deed.address)}</span>}
          {deed.times > 1 && <span>{activity.often(deed.times, timeOfDay(texts, deed.first))}</span>}
        </div>
      </div>
      <time className={classes.time} dateTime={deed.last}>
        {timeOfDay(texts, deed.last)}
      </time>
    </li>
  )
}
