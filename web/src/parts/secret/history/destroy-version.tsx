import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { refresh } from '../../../api/secrets.ts'
import { destroyVersion, type History } from '../../../api/versions.ts'
import { useTexts } from '../../../texts/texts.ts'
import { Command } from '../../command/command.tsx'
import { Dialog } from '../../dialog.tsx'
import { TroubleLine } from '../../states/trouble-line.tsx'
import { useToast } from '../../toasts/context.ts'
import { destroyAction } from '../commands.ts'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly history: History
  readonly number: number
}

/** Asks before a version is removed for good. */
export function DestroyVersion({ opened, close, history, number }: Props) {
  const { common, history: words } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const destroy = useMutation({
    mutationFn: () => destroyVersion(history, number),
    onSuccess: async () => {
      close()
      say({ text: words.nowDestroyed(number) })
      await refresh(queries)
    },
  })
  return (
    <Dialog opened={opened} close={close} title={words.destroyTitle(number)}>
      <Stack>
        <Text>{words.destroyText}</Text>
        {destroy.error !== null && <TroubleLine error={destroy.error} />}
        <Command of={() => destroyAction(history.mount, history.name, number)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {common.cancel}
          </Button>
          <Button color="red" loading={destroy.isPending} onClick={() => destroy.mutate()}>
            {words.destroy}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
