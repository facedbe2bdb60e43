import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTexts } from '../texts/texts.ts'
import type { Action } from './command/action.ts'
import { Command } from './command/command.tsx'
import { Dialog } from './dialog.tsx'
import { TroubleLine } from './states/trouble-line.tsx'

type Props<Result> = {
  readonly opened: boolean
  readonly close: () => void
  readonly title: string
  /** What will be so afterwards. */
  readonly children: ReactNode
  /** What its button says. */
  readonly action: string
  /** Absent where it cannot be done, and what is shown says why. */
  readonly run: (() => Promise<Result>) | undefined
  /** Once it is done, and this is closed. */
  readonly done?: (result: Result) => unknown
  /** The same without the page, where there is a way. */
  readonly command?: () => Action | undefined
  /** Where it takes nothing away. */
  readonly isGentle?: boolean
  /** What an error is called that has a name of its own here. */
  readonly called?: (error: unknown) => string | undefined
}

/** Asks before something is done that does not come back by itself; it closes when it is done. */
export function Confirm<Result>(props: Props<Result>) {
  const { opened, close, title, children, action, run, done, command, isGentle = false, called } = props
  const { common } = useTexts()
  const doing = useMutation({
    mutationFn: async () => run?.(),
    onSuccess: async (result) => {
      close()
      // Without a way to do it its button is off, so there is a result.
      await done?.(result as Result)
    },
  })
  const leave = () => {
    doing.reset()
    close()
  }
  const name = doing.error === null ? undefined : called?.(doing.error)
  return (
    <Dialog opened={opened} close={doing.isPending ? undefined : leave} title={title}>
      <Stack>
        {typeof children === 'string' ? <Text>{children}</Text> : children}
        {command !== undefined && <Command of={command} />}
        {doing.error !== null && (
          <TroubleLine error={doing.error} {...(name !== undefined && { title: name })} />
        )}
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
