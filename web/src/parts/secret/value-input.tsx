import { Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { Eye } from '../hidden/eye.tsx'
import classes from './value-input.module.css'

type Props = {
  /** Of the field. */
  readonly name: string
  readonly lines: boolean
  readonly value: string
  readonly change: (value: string) => void
  readonly error: string | undefined
}

/**
 * A value as it is written, hidden until it is to be seen. It is no password field, which browsers would offer
 * to remember.
 */
export function ValueInput({ name, lines, value, change, error }: Props) {
  const { secret } = useTexts()
  const [shown, setShown] = useState(value === '')
  const common = {
    'aria-label': secret.value(name),
    placeholder: secret.anyValue,
    autoComplete: 'off',
    autoCapitalize: 'none',
    spellCheck: false,
    value,
    error,
    classNames: { input: shown ? (classes.clear ?? '') : (classes.hidden ?? '') },
    rightSection: <Eye name={name} shown={shown} show={setShown} />,
  }
  return lines ? (
    <Textarea {...common} rows={6} onChange={({ currentTarget }) => change(currentTarget.value)} />
  ) : (
    <TextInput {...common} onChange={({ currentTarget }) => change(currentTarget.value)} />
  )
}
