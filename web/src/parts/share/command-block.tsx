import { Button, Code, Group, Stack } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import { useCopy } from '../hand-over/use-copy.ts'
import classes from './share.module.css'

type Props = {
  readonly text: string
  /** What is not shown of it unless it is to be; it is copied in any case. */
  readonly secret: string
  readonly shown: boolean
}

/** A command to be pasted elsewhere. */
export function CommandBlock({ text, secret, shown }: Props) {
  const { share } = useTexts()
  const copy = useCopy()
  return (
    <Stack gap="xs">
      <Code block dir="ltr" className={classes.command ?? ''}>
        {shown ? text : text.replaceAll(secret, '••••••••••')}
      </Code>
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconCopy size={16} aria-hidden />}
          onClick={() => void copy(text)}
        >
          {share.copyCommand}
        </Button>
      </Group>
    </Stack>
  )
}
