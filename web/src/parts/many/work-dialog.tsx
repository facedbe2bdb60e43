import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { Dialog } from '../dialog.tsx'
import { TroubleLine } from '../states/trouble-line.tsx'
import { Failures } from './failures.tsx'
import type { Outcome } from './in-parts.ts'
import type { WorkTools } from './use-work.ts'

type Props = {
  readonly title: string
  readonly tools: WorkTools
  readonly close: () => void
  /** Where in paths the names begin that people know. */
  readonly folder: string
  /** What was done, in words. */
  readonly said: (outcome: Outcome) => string
  /** What is asked before it begins. */
  readonly children: ReactNode
}

/** Something to be done to many: what is asked first, how far it is, and what did not work. */
export function WorkDialog({ title, tools, close, folder, said, children }: Props) {
  const { many } = useTexts()
  const { work, stop, reset } = tools
  const leave = () => {
    reset()
    close()
  }
  return (
    <Dialog opened close={work.kind === 'running' ? undefined : leave} title={title}>
      {work.kind === 'ready' && children}
      {work.kind === 'failed' && (
        <Stack>
          <TroubleLine error={work.error} />
          <Text size="sm">{many.nothingDone}</Text>
          <Group justify="flex-end">
            <Button onClick={leave}>{many.done}</Button>
          </Group>
        </Stack>
      )}
      {work.kind === 'running' && (
        <Stack>
          <Progress
            value={work.total === 0 ? 100 : (work.done / work.total) * 100}
            animated={work.total === 0}
            aria-label={title}
          />
          <Text size="sm" role="status">
            {work.total === 0 ? many.looking : many.progress(work.done, work.total)}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={stop} data-autofocus>
              {many.stop}
            </Button>
          </Group>
        </Stack>
      )}
      {work.kind === 'over' && (
        <Stack>
          <Text role="status">{said(work.outcome)}</Text>
          <Failures outcome={work.outcome} folder={folder} />
          <Group justify="flex-end">
            <Button onClick={leave} data-autofocus>
              {many.done}
            </Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  )
}
