import { Button, Group, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useTexts } from '../../texts/texts.ts'
import { Dialog } from '../dialog.tsx'

/** Asks before something that was typed is lost. */
export function UnsavedGuard({ when }: { readonly when: () => boolean }) {
  const { secret } = useTexts()
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: when,
    enableBeforeUnload: when,
    withResolver: true,
  })
  return (
    <Dialog opened={status === 'blocked'} close={() => reset?.()} title={secret.unsavedTitle}>
      <Stack>
        <Text>{secret.unsavedText}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => proceed?.()}>
            {secret.unsavedLeave}
          </Button>
          <Button data-autofocus onClick={() => reset?.()}>
            {secret.unsavedStay}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
