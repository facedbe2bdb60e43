import { ActionIcon, Checkbox, Group, Tooltip } from '@mantine/core'
import { IconCopy, IconDownload, IconEye, IconEyeOff } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import { download } from '../hand-over/download.ts'
import { useCopy } from '../hand-over/use-copy.ts'
import classes from './set-up.module.css'

type Props = {
  readonly name: string
  readonly value: string
  readonly file: string
  readonly isShown: boolean
  readonly show: (isShown: boolean) => void
  readonly isDone: boolean
  readonly tick: (isDone: boolean) => void
}

/** Something that is shown once: seen, copied or downloaded by itself, and ticked off when it is in its place. */
export function OnceRow({ name, value, file, isShown, show, isDone, tick }: Props) {
  const { secret, setUp } = useTexts()
  const copy = useCopy()
  const showLabel = isShown ? secret.hide(name) : secret.show(name)
  const save = () => download(file, `${value}\n`)
  const tools = [
    { label: showLabel, icon: isShown ? IconEyeOff : IconEye, run: () => show(!isShown) },
    { label: secret.copyField(name), icon: IconCopy, run: () => void copy(value) },
    { label: setUp.download(name), icon: IconDownload, run: save },
  ]
  return (
    <li className={classes.row}>
      <Checkbox
        className={classes.tick ?? ''}
        label={name}
        description={isDone ? setUp.kept : setUp.notKept}
        checked={isDone}
        onChange={({ currentTarget }) => tick(currentTarget.checked)}
      />
      <Group gap={2} wrap="nowrap">
        {tools.map(({ label, icon: Icon, run }) => (
          <Tooltip key={label} label={label}>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={run}>
              <Icon size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ))}
      </Group>
      {isShown && (
        <code className={classes.value} dir="ltr">
          {value}
        </code>
      )}
    </li>
  )
}
