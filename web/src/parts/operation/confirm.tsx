import { Button, Group, Stack, Text } from '@mantine/core'
import { useTexts } from '../../texts/texts.ts'
import { Dialog } from '../dialog.tsx'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly title: string
  readonly text: string
  readonly action: string
  readonly run: () => void
}

/** Asks before something is done that cannot be taken back. */
export function Confirm({ opened, close, title, text, action, run }: Props) {
  const { common } = useTexts()
  return (
    <Dialog opened={opened} close={close} title={title}>
      <Stack>
        <Text>{text}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {common.cancel}
          </Button>
          <Button color="red" onClick={run}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
