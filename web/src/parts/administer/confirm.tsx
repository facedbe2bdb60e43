import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTexts } from '../../texts/texts.ts'
import type { Action } from '../command/action.ts'
import { Command } from '../command/command.tsx'
import { Dialog } from '../dialog.tsx'
import { TroubleLine } from '../states/trouble-line.tsx'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly title: string
  /** What will be so afterwards. */
  readonly children: ReactNode
  readonly action: string
  /** Absent where it cannot be done, and what is shown says why. */
  readonly run: (() => Promise<unknown>) | undefined
  /** The same without the page. */
  readonly command: () => Action | undefined
  /** Where it makes rather than ends something. */
  readonly isGentle?: boolean
}

/** Asks before something is done that does not come back by itself; it closes when it is done. */
export function Confirm({ opened, close, title, children, action, run, command, isGentle = false }: Props) {
  const { common } = useTexts()
  const doing = useMutation({ mutationFn: async () => run?.(), onSuccess: close })
  const leave = () => {
    doing.reset()
    close()
  }
  return (
    <Dialog opened={opened} close={doing.isPending ? undefined : leave} title={title}>
      <Stack>
        {children}
        <Command of={command} />
        {doing.error !== null && <TroubleLine error={doing.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={leave} disabled={doing.isPending} data-autofocus>
            {common.cancel}
          </Button>
          <Button
            {...(!isGentle && { color: 'red' })}
            loading={doing.isPending}
            disabled={run === undefined}
            onClick={() => doing.mutate()}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
