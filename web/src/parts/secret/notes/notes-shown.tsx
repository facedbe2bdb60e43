import { ActionIcon, Group, Title, Tooltip } from '@mantine/core'
import { IconCopy, IconEye, IconEyeOff } from '@tabler/icons-react'
import { useTexts } from '../../../texts/texts.ts'
import { useCopy } from '../../hand-over/use-copy.ts'
import { Dots } from '../dots.tsx'
import classes from './notes.module.css'

type Props = { readonly value: string; readonly shown: boolean; readonly toggle: () => void }

/** The notes of a secret, hidden until somebody wants to see them, as its fields are. */
export function NotesShown({ value, shown, toggle }: Props) {
  const { notes, secret } = useTexts()
  const copy = useCopy()
  const tools = [
    {
      label: (shown ? secret.hide : secret.show)(notes.title),
      icon: shown ? IconEyeOff : IconEye,
      pressed: shown,
      run: toggle,
    },
    { label: secret.copyField(notes.title), icon: IconCopy, pressed: undefined, run: () => void copy(value) },
  ]
  return (
    <section className={classes.notes} aria-label={notes.title}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={3} size="h6">
          {notes.title}
        </Title>
        <Group gap={2} wrap="nowrap">
          {tools.map(({ label, icon: Icon, pressed, run }) => (
            <Tooltip key={label} label={label}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={label}
                aria-pressed={pressed}
                onClick={run}
              >
                <Icon size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          ))}
        </Group>
      </Group>
      {shown ? (
        <p className={classes.text} dir="auto">
          {value}
        </p>
      ) : (
        <p className={classes.text}>
          <Dots />
        </p>
      )}
    </section>
  )
}
