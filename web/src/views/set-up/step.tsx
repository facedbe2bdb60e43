import { Paper, Stack, Title } from '@mantine/core'
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Loading } from '../../parts/states/loading.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'
import classes from './guide.module.css'

type Props = {
  readonly title: string
  /** Undefined while it is not known. */
  readonly state: { readonly isDone: boolean | undefined; readonly error?: unknown }
  readonly children?: ReactNode
}

/** One thing to do, whether it is done, and how. */
export function Step({ title, state, children }: Props) {
  const { guide } = useTexts()
  const { isDone, error = null } = state
  const Icon = isDone === true ? IconCircleCheckFilled : IconCircle
  return (
    <Paper component="section" aria-label={title} className={classes.step} p="lg" radius="lg" withBorder>
      <Stack>
        <div className={classes.head} data-done={isDone || undefined}>
          <Icon size={22} aria-hidden />
          <Title order={2} size="h5">
            {title}
          </Title>
          {isDone !== undefined && <span className={classes.state}>{isDone ? guide.done : guide.open}</span>}
        </div>
        {error !== null ? <TroubleLine error={error} /> : isDone === undefined ? <Loading /> : children}
      </Stack>
    </Paper>
  )
}
