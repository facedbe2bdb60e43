import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconLock, IconLockOpen } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTexts } from '../../../texts/texts.ts'
import { PassphraseInput } from './passphrase-input.tsx'
import type { Seal } from './seal.ts'

/** Marks a secret as encrypted, and opens it. */
export function SealPart({ seal }: { readonly seal: Seal }) {
  const { crypt } = useTexts()
  const { opened, close } = seal
  if (opened?.kind === 'unusable') {
    return (
      <Alert color="red" role="alert" icon={<IconLock aria-hidden />} title={crypt.unusable}>
        <Text size="sm">{crypt.unusableText}</Text>
      </Alert>
    )
  }
  if (opened?.kind !== 'open') return <Unlock seal={seal} />
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Group gap="xs">
          <IconLockOpen size={16} aria-hidden />
          <Text size="sm">{crypt.opened}</Text>
        </Group>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconLock size={16} aria-hidden />}
          onClick={close}
        >
          {crypt.close}
        </Button>
      </Group>
      {opened.closed.length > 0 && (
        <Alert color="yellow" role="alert" icon={<IconLock aria-hidden />} title={crypt.partly}>
          <Text size="sm">{crypt.partlyText}</Text>
          <Text size="sm">
            <bdi>{opened.closed.join(', ')}</bdi>
          </Text>
        </Alert>
      )}
    </Stack>
  )
}

function Unlock({ seal: { opened, isOpening, open } }: { readonly seal: Seal }) {
  const { crypt } = useTexts()
  const [passphrase, setPassphrase] = useState('')
  const [shown, setShown] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    open(passphrase)
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Group gap="xs" wrap="nowrap">
          <IconLock size={16} aria-hidden />
          <Text size="sm" fw={600}>
            {crypt.sealed}
          </Text>
        </Group>
        <Text size="sm">{crypt.sealedText}</Text>
        <PassphraseInput
          label={crypt.passphrase}
          value={passphrase}
          change={setPassphrase}
          shown={shown}
          toggle={() => setShown(!shown)}
        />
        {opened?.kind === 'wrong' && (
          <Alert color="red" role="alert" icon={<IconLock aria-hidden />} title={crypt.wrong}>
            <Text size="sm">{crypt.wrongText}</Text>
          </Alert>
        )}
        <Button type="submit" w="fit-content" loading={isOpening} disabled={passphrase === ''}>
          {crypt.open}
        </Button>
      </Stack>
    </form>
  )
}
