import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useSpaceEvents } from '../../../api/activity.ts'
import { usePlaces } from '../../../api/spaces.ts'
import { useUsage } from '../../../api/usage.ts'
import { useTexts } from '../../../texts/texts.ts'
import { moment } from '../../../texts/times.ts'
import { personName } from '../../person-name.ts'

/** Says on a secret that somebody used it who is not its owner, while the space was open to them. */
export function OpenedMark({ path }: { readonly path: string }) {
  const { data: events } = useSpaceEvents()
  const { data: places } = usePlaces()
  const own = places?.own
  // Nobody is asked about secrets of a space that was not opened.
  if (own === undefined || !path.startsWith(own)) return null
  return events?.some(({ kind }) => kind === 'opened') === true ? <Mark path={path} /> : null
}

function Mark({ path }: { readonly path: string }) {
  const texts = useTexts()
  const { activity } = texts
  const { data: usage } = useUsage(path)
  const others = usage?.people.filter(({ lastOpened }) => lastOpened !== '') ?? []
  return others.map(({ who, lastOpened }) => (
    <Alert
      key={who.entityId || who.displayName}
      color="red"
      icon={<IconAlertTriangle aria-hidden />}
      title={activity.emergency}
    >
      {activity.mark(personName(who.displayName).long, moment(texts, lastOpened))}
    </Alert>
  ))
}
