import { ActionIcon } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly name: string; readonly shown: boolean; readonly show: (shown: boolean) => void }

/** Shows and hides what is typed into an input, beside which it stands. */
export function Eye({ name, shown, show }: Props) {
  const { secret } = useTexts()
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={shown ? secret.hide(name) : secret.show(name)}
      onClick={() => show(!shown)}
    >
      {shown ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
    </ActionIcon>
  )
}
