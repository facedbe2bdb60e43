import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly title: string
  readonly children: ReactNode
  readonly label: string
  /** For what takes something away from people. */
  readonly isGrave?: boolean
  readonly run: () => Promise<unknown>
  readonly done: () => void
}

/** Says what is about to happen, and asks. */
export function Confirm({ opened, close, title, children, label, isGrave = false, run, done }: Props) {
  const { common } = useTexts()
  const act = useMutation({
    mutationFn: run,
    onSuccess: () => {
      close()
      done()
    },
  })
  return (
    <Dialog opened={opened} close={close} title={title}>
      <Stack>
        {typeof children === 'string' ? <Text>{children}</Text> : children}
        {act.error !== null && <TroubleLine error={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {common.cancel}
          </Button>
          <Button {...(isGrave && { color: 'red' })} loading={act.isPending} onClick={() => act.mutate()}>
            {label}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
