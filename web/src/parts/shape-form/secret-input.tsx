import { TextInput, type TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { Eye } from '../hidden/eye.tsx'
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
  const [shown, setShown] = useState(false)
  return (
    <TextInput
      {...others}
      classNames={{ input: (shown ? classes.machine : classes.hidden) ?? '' }}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      rightSection={<Eye name={name} shown={shown} show={setShown} />}
    />
  )
}
