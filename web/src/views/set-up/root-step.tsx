import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useSession } from '../../app/session/context.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { useTexts } from '../../texts/texts.ts'
import { Step } from './step.tsx'

/** The token that may do everything is not one to keep. */
export function RootStep() {
  const { guide } = useTexts()
  const { state, logout } = useSession()
  const [asks, { open, close }] = useDisclosure(false)
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
      <Confirm
        opened={asks}
        close={close}
        title={guide.rootAsk}
        action={guide.rootEnd}
        run={() => logout(false)}
      >
        {guide.rootAskText}
      </Confirm>
    </Step>
  )
}
