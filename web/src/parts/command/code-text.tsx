import { ActionIcon, Code, Tooltip } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import { useToast } from '../toasts/context.ts'
import classes from './command.module.css'

type Props = {
  /** Nothing secret: it stays in the clipboard. */
  readonly text: string
  readonly copyLabel: string
}

/** A text for a machine, as it is, and to be taken along. */
export function CodeText({ text, copyLabel }: Props) {
  const { command, secret } = useTexts()
  const say = useToast()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      say({ text: command.copied })
    } catch {
      say({ text: secret.notCopied, tone: 'bad' })
    }
  }
  return (
    <div className={classes.block}>
      <Code block dir="ltr" className={classes.text ?? ''}>
        {text}
      </Code>
      <Tooltip label={copyLabel}>
        <ActionIcon
          className={classes.copy ?? ''}
          variant="default"
          size="md"
          aria-label={copyLabel}
          onClick={() => void copy()}
        >
          <IconCopy size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}
