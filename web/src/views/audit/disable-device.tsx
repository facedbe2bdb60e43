import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { disableDevice } from '../../api/audit.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly path: string
  /** There is no other one. */
  readonly isLast: boolean
}

/** Asks before a device is disabled. */
export function DisableDevice({ opened, close, path, isLast }: Props) {
  const { audit, common } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const disable = useMutation({
    mutationFn: () => disableDevice(path),
    onSuccess: async () => {
      close()
      say({ text: audit.disabled(path) })
      await queries.invalidateQueries({ queryKey: ['audit', 'devices'] })
    },
  })
  return (
    <Dialog opened={opened} close={close} title={audit.disableTitle(path)}>
      <Stack>
        <Text>{audit.disableText}</Text>
        {isLast && <Text fw={600}>{audit.disableLast}</Text>}
        {disable.error !== null && <TroubleLine error={disable.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {common.cancel}
          </Button>
          <Button color="red" loading={disable.isPending} onClick={() => disable.mutate()}>
            {audit.disable}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
