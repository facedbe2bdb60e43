import { Button, Code, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBan,
  IconClockExclamation,
  IconCloudOff,
  IconFileAlert,
  IconHourglass,
  IconLock,
  IconMoodConfuzed,
  IconPlugConnectedX,
  IconSearchOff,
  IconUsers,
} from '@tabler/icons-react'
import { troubleOf } from '../../api/trouble.ts'
import { useTexts } from '../../texts/texts.ts'
import { State } from './state.tsx'

const icons = {
  sealed: IconLock,
  unreachable: IconCloudOff,
  slow: IconClockExclamation,
  denied: IconBan,
  missing: IconSearchOff,
  large: IconFileAlert,
  changed: IconUsers,
  refused: IconAlertTriangle,
  busy: IconHourglass,
  provider: IconPlugConnectedX,
  fault: IconMoodConfuzed,
}

type Props = {
  readonly error: unknown
  readonly again?: () => void
  /** Where it is all that a view shows. */
  readonly isPage?: boolean
}

/** A part of the page that cannot show what it is for, and why. */
export function Trouble({ error, again, isPage = false }: Props) {
  const texts = useTexts()
  const { kind, text, denied } = troubleOf(error)
  const { title, text: meaning } = texts.troubles[kind]
  const told = kind === 'refused' || kind === 'fault'
  return (
    <State icon={icons[kind]} title={title} text={meaning} isPage={isPage} role="alert">
      {denied !== undefined && denied.path !== '' && (
        <Text size="sm" ta="center">
          {denied.by === 'owner'
            ? texts.missingOwner(denied.path)
            : texts.missingCapability(denied.missing.join(', '), denied.path)}
        </Text>
      )}
      {told && text !== '' && <Code block>{text}</Code>}
      {again !== undefined && (
        <Button variant="default" onClick={again}>
          {texts.common.again}
        </Button>
      )}
    </State>
  )
}
