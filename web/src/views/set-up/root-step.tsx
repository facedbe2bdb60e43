import { Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { useSession } from '../../app/session/context.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'
import { Step } from './step.tsx'

/** The token that may do everything is not one to keep. */
export function RootStep() {
  const { guide, common } = useTexts()
  const { state, logout } = useSession()
  const [asks, { open, close }] = useDisclosure(false)
  const end = useMutation({ mutationFn: () => logout(false) })
  const isRoot = state.kind === 'in' && state.session.policies.includes('root')
  return (
    <Step title={guide.root} state={{ isDone: !isRoot }}>
      <Text size="sm">{isRoot ? guide.rootText : guide.rootDone}</Text>
      {isRoot && (
        <Group justify="flex-end">
          <Button variant="light" color="red" onClick={open}>
            {guide.rootEnd}
          </Button>
        </Group>
      )}
      <Dialog opened={asks} close={close} title={guide.rootAsk}>
        <Stack>
          <Text>{guide.rootAskText}</Text>
          {end.error !== null && <TroubleLine error={end.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {common.cancel}
            </Button>
            <Button color="red" loading={end.isPending} onClick={() => end.mutate()}>
              {guide.rootEnd}
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </Step>
  )
}
