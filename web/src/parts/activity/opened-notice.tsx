import { Alert, Button, Group, Text } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useSpaceEvents } from '../../api/activity.ts'
import type { Session } from '../../api/session.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import { LinkTo } from '../link-to.tsx'
import { personName } from '../person-name.ts'
import classes from './opened-notice.module.css'

/** Tells the owner of a space that it was opened to somebody, until they have understood. */
export default function OpenedNotice({ session }: { readonly session: Session }) {
  const texts = useTexts()
  const { activity } = texts
  const { data: events } = useSpaceEvents(session.entityId !== '')
  const [seen, setSeen] = useLocalStorage({
    key: `coffer-openings-${session.entityId}`,
    defaultValue: '',
    getInitialValueInEffect: false,
  })
  const last = events?.find(({ kind }) => kind === 'opened')
  // Ids begin with their time.
  if (last === undefined || last.id <= seen) return null
  const who = last.by === undefined ? activity.configuration : personName(last.by.displayName).long
  return (
    <Alert
      className={classes.notice ?? ''}
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={activity.noticeTitle}
    >
      <Text size="sm">{activity.notice(who, moment(texts, last.time))}</Text>
      {last.reason !== '' && (
        <Text size="sm">
          <bdi>{activity.reason(last.reason)}</bdi>
        </Text>
      )}
      <Group gap="sm" mt="sm">
        <Button component={LinkTo} to="/activity" search={{ show: 'others' }} size="compact-sm" color="red">
          {activity.see}
        </Button>
        <Button variant="default" size="compact-sm" onClick={() => setSeen(last.id)}>
          {activity.understood}
        </Button>
      </Group>
    </Alert>
  )
}
