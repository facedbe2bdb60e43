import { ActionIcon, TextInput } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useTexts } from '../../../texts/texts.ts'
import classes from '../value-input.module.css'

type Props = {
  readonly label: string
  readonly value: string
  readonly change: (value: string) => void
  readonly shown: boolean
  readonly toggle: () => void
  readonly error?: string | undefined
  readonly autoFocus?: boolean
}

/** A passphrase as it is typed. It is no password field, which browsers would offer to remember. */
export function PassphraseInput({ label, value, change, shown, toggle, error, autoFocus = false }: Props) {
  const { secret } = useTexts()
  return (
    <TextInput
      label={label}
      autoComplete="off"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      autoFocus={autoFocus}
      classNames={{ input: shown ? (classes.clear ?? '') : (classes.hidden ?? '') }}
      value={value}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      error={error}
      rightSection={
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={shown ? secret.hide(label) : secret.show(label)}
          onClick={toggle}
        >
          {shown ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
        </ActionIcon>
      }
    />
  )
}
