import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Overtaken, refresh } from '../../../api/secrets.ts'
import { type History, rollBack } from '../../../api/versions.ts'
import { useTexts } from '../../../texts/texts.ts'
import { Command } from '../../command/command.tsx'
import { Dialog } from '../../dialog.tsx'
import { TroubleLine } from '../../states/trouble-line.tsx'
import { useToast } from '../../toasts/context.ts'
import { rollBackAction } from '../commands.ts'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly history: History
  readonly number: number
}

/** Asks before an older version is written as the newest one. */
export function RollBack({ opened, close, history, number }: Props) {
  const texts = useTexts()
  const { history: words } = texts
  const queries = useQueryClient()
  const say = useToast()
  const back = useMutation({
    mutationFn: () => rollBack(history, number),
    onSuccess: async (made) => {
      close()
      say({ text: words.rolledBack(number, made) })
      await refresh(queries)
    },
    // What is newer now is to be seen before it is tried again.
    onError: () => refresh(queries),
  })
  const overtaken = back.error instanceof Overtaken
  return (
    <Dialog opened={opened} close={close} title={words.rollBackTitle(number)}>
      <Stack>
        <Text>{words.rollBackText(history.current + 1)}</Text>
        {back.error !== null && (
          <TroubleLine error={back.error} {...(overtaken && { title: texts.secret.conflictTitle })} />
        )}
        <Command of={() => rollBackAction(history.mount, history.name, number, history.current)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {texts.common.cancel}
          </Button>
          <Button loading={back.isPending} onClick={() => back.mutate()}>
            {words.rollBack}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
