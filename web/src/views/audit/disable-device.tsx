import { Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { disableDevice } from '../../api/audit.ts'
import { Confirm } from '../../parts/confirm.tsx'
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
  const { audit } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  return (
    <Confirm
      opened={opened}
      close={close}
      title={audit.disableTitle(path)}
      action={audit.disable}
      run={() => disableDevice(path)}
      done={() => {
        say({ text: audit.disabled(path) })
        return queries.invalidateQueries({ queryKey: ['audit', 'devices'] })
      }}
    >
      <Text>{audit.disableText}</Text>
      {isLast && <Text fw={600}>{audit.disableLast}</Text>}
    </Confirm>
  )
}
