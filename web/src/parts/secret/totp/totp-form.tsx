import { Button, FileButton, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { IconQrcode } from '@tabler/icons-react'
import { type FormEvent, useMemo, useState } from 'react'
import { useTexts } from '../../../texts/texts.ts'
import { PassphraseInput } from '../crypt/passphrase-input.tsx'
import Code from './code.tsx'
import { isTotp } from './is-totp.ts'
import {
  addressOfKey,
  algorithms,
  readTotp,
  type TotpRead,
  type TotpSettings,
  usualSettings,
} from './totp.ts'
import { TotpTrouble } from './totp-trouble.tsx'

type Props = {
  /** What the field holds so far. */
  readonly value: string
  /** What the codes are for, where it does not say that by itself. */
  readonly account: string
  readonly use: (address: string) => void
}

/** Makes the address of one-time codes of what a site shows: an address, a key, or a QR code. */
export default function TotpForm({ value, account, use }: Props) {
  const { totp } = useTexts()
  const [text, setText] = useState(value)
  const [shown, setShown] = useState(value === '')
  const [settings, setSettings] = useState(usualSettings)
  const [picture, setPicture] = useState<'none' | 'bad'>('none')
  const address = useMemo(
    () => (isTotp(text.trim()) ? text.trim() : addressOfKey(text, account, settings)),
    [text, account, settings],
  )
  const read = useMemo((): TotpRead | undefined => {
    if (text.trim() === '') return undefined
    return address === undefined ? { fault: 'secret' } : readTotp(address)
  }, [text, address])
  const isGood = read !== undefined && 'totp' in read
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // The form around the dialog is another one.
    event.stopPropagation()
    if (isGood && address !== undefined) use(address)
  }
  const take = async (file: File | null) => {
    if (file === null) return
    const { textInPicture } = await import('./qr-picture.ts')
    const found = await textInPicture(file)
    setPicture(found === undefined ? 'bad' : 'none')
    if (found !== undefined) setText(found)
  }
  const choose = (changed: Partial<TotpSettings>) => setSettings({ ...settings, ...changed })
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text size="sm">{totp.lead}</Text>
        <PassphraseInput
          label={totp.key}
          value={text}
          change={setText}
          shown={shown}
          toggle={() => setShown(!shown)}
        />
        <FileButton accept="image/*" onChange={(file) => void take(file)}>
          {(props) => (
            <Button
              {...props}
              variant="subtle"
              size="compact-sm"
              w="fit-content"
              leftSection={<IconQrcode size={16} aria-hidden />}
            >
              {totp.picture}
            </Button>
          )}
        </FileButton>
        {picture === 'bad' && (
          <Text size="sm" c="red" role="alert">
            {totp.noCode}
          </Text>
        )}
        {!isTotp(text.trim()) && (
          <Group grow gap="xs" align="flex-end">
            <NativeSelect
              label={totp.algorithm}
              size="xs"
              data={[...algorithms]}
              value={settings.algorithm}
              onChange={({ currentTarget }) =>
                choose({ algorithm: algorithms.find((one) => one === currentTarget.value) ?? 'SHA1' })
              }
            />
            <NativeSelect
              label={totp.digits}
              size="xs"
              data={['6', '7', '8']}
              value={String(settings.digits)}
              onChange={({ currentTarget }) => choose({ digits: Number(currentTarget.value) })}
            />
            <NativeSelect
              label={totp.period}
              size="xs"
              data={['15', '30', '60']}
              value={String(settings.period)}
              onChange={({ currentTarget }) => choose({ period: Number(currentTarget.value) })}
            />
          </Group>
        )}
        {read !== undefined &&
          ('fault' in read ? (
            <TotpTrouble fault={read.fault} />
          ) : (
            <div>
              <Text size="sm" c="dimmed">
                <bdi>{[read.totp.issuer, read.totp.account].filter((part) => part !== '').join(' · ')}</bdi>
              </Text>
              <Code read={read} />
              <Text size="sm">{totp.compare}</Text>
            </div>
          ))}
        <Group justify="flex-end">
          <Button type="submit" disabled={!isGood}>
            {totp.use}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
