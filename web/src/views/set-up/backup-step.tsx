import { Checkbox, Code, Text } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useTexts } from '../../texts/texts.ts'
import classes from './guide.module.css'
import { Step } from './step.tsx'

/** Which the server cannot know of, so that who sees to it ticks it off, in this browser. */
export function BackupStep() {
  const { guide } = useTexts()
  const [isDone, setDone] = useLocalStorage({ key: 'coffer-backup-seen-to', defaultValue: false })
  return (
    <Step title={guide.backup} state={{ isDone }}>
      <Text size="sm">{guide.backupText}</Text>
      <Code block dir="ltr" className={classes.command ?? ''}>
        coffer operator backup -config=coffer.hcl FILE
      </Code>
      <Checkbox
        label={guide.backupTick}
        checked={isDone}
        onChange={({ currentTarget }) => setDone(currentTarget.checked)}
      />
    </Step>
  )
}
