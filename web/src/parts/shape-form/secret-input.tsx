import { ActionIcon, TextInput, type TextInputProps } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import classes from './shape-form.module.css'

type Props = Omit<TextInputProps, 'onChange'> & {
  readonly name: string
  readonly change: (value: string) => void
}

/**
 * A secret as it is typed, hidden until it is to be seen. It is no password field, which browsers would offer to
 * remember.
 */
export function SecretInput({ name, change, ...others }: Props) {
  const { secret } = useTexts()
  const [shown, setShown] = useState(false)
  return (
    <TextInput
      {...others}
      classNames={{ input: (shown ? classes.machine : classes.hidden) ?? '' }}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      rightSection={
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={shown ? secret.hide(name) : secret.show(name)}
          onClick={() => setShown(!shown)}
        >
          {shown ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
        </ActionIcon>
      }
    />
  )
}
