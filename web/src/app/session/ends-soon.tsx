import { Alert, Button, Group, Text } from '@mantine/core'
import { IconClockExclamation } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Session } from '../../api/session.ts'
import { useTexts } from '../../texts/texts.ts'
import { relativeTime } from '../../texts/times.ts'
import { useSession } from './context.ts'
import classes from './ends-soon.module.css'

/** Milliseconds before the end at which it is said; less for short sessions. */
const early = 5 * 60_000

/** Says that the session ends soon, and offers more. */
export function EndsSoon({ session }: { readonly session: Session }) {
  const texts = useTexts()
  const { extend } = useSession()
  const more = useMutation({ mutationFn: extend })
  const [now, setNow] = useState(Date.now)
  const { ends, ttl, renewable } = session
  const before = Math.min(early, ttl * 250)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  if (ends === undefined || now < ends - before) return null
  const time = relativeTime(texts, ends, now)
  return (
    <Alert
      className={classes.place}
      color="yellow"
      role="alert"
      icon={<IconClockExclamation aria-hidden />}
      title={texts.session.soonTitle}
    >
      <Group justify="space-between" gap="sm">
        <Text size="sm" aria-live="off">
          {renewable ? texts.session.soonText(time) : texts.session.soonFixed(time)}
        </Text>
        {renewable && (
          <Button size="compact-md" onClick={() => more.mutate()} loading={more.isPending}>
            {texts.session.extend}
          </Button>
        )}
      </Group>
    </Alert>
  )
}
