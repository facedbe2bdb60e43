import { Button, Group, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useTexts } from '../../texts/texts.ts'
import { Dialog } from '../dialog.tsx'

type Props = {
  readonly when: () => boolean
  /** What would be lost, where that is not what was typed. */
  readonly words?: { readonly title: string; readonly text: string; readonly stay: string }
}

/** Asks before something is lost. */
export function UnsavedGuard({ when, words }: Props) {
  const { secret } = useTexts()
  const typed = { title: secret.unsavedTitle, text: secret.unsavedText, stay: secret.unsavedStay }
  const { title, text, stay } = words ?? typed
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: when,
    enableBeforeUnload: when,
    withResolver: true,
  })
  return (
    <Dialog opened={status === 'blocked'} close={() => reset?.()} title={title}>
      <Stack>
        <Text>{text}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => proceed?.()}>
            {secret.unsavedLeave}
          </Button>
          <Button data-autofocus onClick={() => reset?.()}>
            {stay}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
