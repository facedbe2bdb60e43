import { Alert, Button, Group, PasswordInput, Stack } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type FormEvent, useRef } from 'react'
import type { SealStatus } from '../../api/seal.ts'
import { useTexts } from '../../texts/texts.ts'
import { TroubleLine } from '../states/trouble-line.tsx'
import { useGiving } from './use-giving.ts'

type Props = { readonly status: SealStatus; readonly changed: (status: SealStatus) => void }

/** Takes one share at a time. It is in the field until it is sent, and nowhere else. */
export function ShareForm({ status, changed }: Props) {
  const { unseal } = useTexts()
  const field = useRef<HTMLInputElement>(null)
  const { give, reset, isBusy, told, error } = useGiving(status, changed)
  const send = (event: FormEvent) => {
    event.preventDefault()
    const input = field.current
    if (input === null || isBusy) return
    const share = input.value.trim()
    input.value = ''
    input.focus()
    if (share !== '') void give(share)
  }
  return (
    <form onSubmit={send}>
      <Stack>
        <PasswordInput
          ref={field}
          label={status.recovery_seal ? unseal.recoveryShare : unseal.share}
          description={unseal.shareHint}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          data-autofocus
        />
        {told !== undefined && told !== 'taken' && told !== 'open' && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
            {unseal.told[told]}
          </Alert>
        )}
        {error !== undefined && <TroubleLine error={error} />}
        <Group justify="flex-end">
          {status.progress > 0 && (
            <Button variant="default" onClick={() => void reset()} disabled={isBusy}>
              {unseal.reset}
            </Button>
          )}
          <Button type="submit" loading={isBusy}>
            {unseal.give}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
