import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconCopy, IconQrcode } from '@tabler/icons-react'
import { useState } from 'react'
import type { OneTimeLink } from '../../api/sharing.ts'
import { useTexts } from '../../texts/texts.ts'
import { relativeTime } from '../../texts/times.ts'
import { useCopy } from '../hand-over/use-copy.ts'
import { QrDialog } from '../qr/qr-dialog.tsx'
import classes from './share.module.css'

type Props = {
  readonly link: OneTimeLink
  readonly done: { readonly label: string; readonly run: () => void }
}

/** A one-time link, the one time that it can be copied. */
export function MadeLink({ link, done }: Props) {
  const texts = useTexts()
  const { share, qr } = texts
  const [asQr, setAsQr] = useState(false)
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
          variant="default"
          leftSection={<IconQrcode size={18} aria-hidden />}
          onClick={() => setAsQr(true)}
        >
          {qr.button}
        </Button>
        <Button
          leftSection={<IconCopy size={18} aria-hidden />}
          onClick={() => void copy(link.url)}
          data-autofocus
        >
          {share.copyLink}
        </Button>
      </Group>
      <QrDialog opened={asQr} close={() => setAsQr(false)} name={share.linkField} text={link.url} />
    </Stack>
  )
}
