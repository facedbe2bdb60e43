import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import type { OneTimeLink } from '../../api/sharing.ts'
import { useTexts } from '../../texts/texts.ts'
import { relativeTime } from '../../texts/times.ts'
import { useCopy } from '../secret/use-copy.ts'
import classes from './share.module.css'

type Props = {
  readonly link: OneTimeLink
  readonly done: { readonly label: string; readonly run: () => void }
}

/** A one-time link, the one time that it can be copied. */
export function MadeLink({ link, done }: Props) {
  const texts = useTexts()
  const { share } = texts
  const copy = useCopy()
  return (
    <Stack>
      <div role="status">
        <Title order={2} size="h5">
          {share.linkMade}
        </Title>
        <Text size="sm">{share.linkMadeText(relativeTime(texts, link.ends, Date.now()))}</Text>
      </div>
      <TextInput
        label={share.linkField}
        readOnly
        dir="ltr"
        classNames={{ input: classes.machine ?? '' }}
        value={link.url}
        onFocus={({ currentTarget }) => currentTarget.select()}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={done.run}>
          {done.label}
        </Button>
        <Button
          leftSection={<IconCopy size={18} aria-hidden />}
          onClick={() => void copy(link.url)}
          data-autofocus
        >
          {share.copyLink}
        </Button>
      </Group>
    </Stack>
  )
}
