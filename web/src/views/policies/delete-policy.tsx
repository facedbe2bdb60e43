import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { deletePolicy, refreshPolicies, writePolicy } from '../../api/policies.ts'
import { troubleOf } from '../../api/trouble.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly name: string
  /** As it is stored. */
  readonly text: string
  readonly done: () => void
}

/** Asks before a policy is deleted, and offers to bring it back. */
export function DeletePolicy({ opened, close, name, text, done }: Props) {
  const texts = useTexts()
  const { policies } = texts
  const queries = useQueryClient()
  const say = useToast()
  const restore = async () => {
    try {
      await writePolicy(name, text, '')
      say({ text: policies.restored(name) })
    } catch (error) {
      say({ text: texts.troubles[troubleOf(error).kind].title, tone: 'bad' })
    }
    await refreshPolicies(queries)
  }
  const remove = useMutation({
    mutationFn: () => deletePolicy(name),
    onSuccess: async () => {
      close()
      done()
      say({
        text: policies.deleted(name),
        action: { label: texts.common.undo, run: () => void restore() },
      })
      await refreshPolicies(queries)
    },
  })
  return (
    <Dialog opened={opened} close={close} title={policies.deleteTitle(name)}>
      <Stack>
        <Text>{policies.deleteText}</Text>
        {remove.error !== null && <TroubleLine error={remove.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {texts.common.cancel}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {texts.common.delete}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
