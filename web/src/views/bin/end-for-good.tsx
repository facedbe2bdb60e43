import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Deleted, endForGood } from '../../api/bin.ts'
import { refresh } from '../../api/secrets.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly deleted: Deleted; readonly name: string; readonly close: () => void }

/** Asks before what was deleted is removed for good. */
export function EndForGood({ deleted, name, close }: Props) {
  const { bin, common } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const end = useMutation({
    mutationFn: () => endForGood(deleted),
    onSuccess: async () => {
      close()
      say({ text: bin.ended(name) })
      await refresh(queries)
    },
  })
  return (
    <Dialog opened close={close} title={bin.endTitle(name)}>
      <Stack>
        <Text>{deleted.kind === 'bin' ? bin.endText : bin.endVersionText}</Text>
        {end.error !== null && <TroubleLine error={end.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {common.cancel}
          </Button>
          <Button color="red" loading={end.isPending} onClick={() => end.mutate()}>
            {bin.end}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
