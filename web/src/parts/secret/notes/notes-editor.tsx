import { ActionIcon, Textarea } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useTexts } from '../../../texts/texts.ts'
import classes from '../value-input.module.css'

type Props = { readonly value: string; readonly change: (value: string) => void }

/** The notes of a secret as they are written, hidden at first where there are some. */
export function NotesEditor({ value, change }: Props) {
  const { notes, secret } = useTexts()
  const [shown, setShown] = useState(value === '')
  return (
    <Textarea
      label={notes.title}
      description={notes.hint}
      rows={4}
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      classNames={{ input: shown ? '' : (classes.hidden ?? '') }}
      rightSection={
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={(shown ? secret.hide : secret.show)(notes.title)}
          onClick={() => setShown(!shown)}
        >
          {shown ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
        </ActionIcon>
      }
    />
  )
}
