import { Button, Group } from '@mantine/core'
import { IconCopy, IconEye, IconEyeOff } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import { useCopy } from '../hand-over/use-copy.ts'

type Props = {
  readonly shown: boolean
  readonly show: (shown: boolean) => void
  /** False where nothing of it is hidden. */
  readonly hides?: boolean
  /** All of it, to be copied. */
  readonly text: string
}

/** What is done with a text of several values, hidden at first: it is shown, hidden again, copied. */
export function HiddenTools({ shown, show, hides = true, text }: Props) {
  const { secret, common } = useTexts()
  const copy = useCopy()
  return (
    <Group gap="xs">
      {hides && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={shown ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
          onClick={() => show(!shown)}
        >
          {shown ? secret.hideAll : secret.showAll}
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconCopy size={16} aria-hidden />}
        onClick={() => void copy(text)}
      >
        {common.copy}
      </Button>
    </Group>
  )
}
