import { Alert, Button, Checkbox, Group, NumberInput, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconShieldLock } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import type { SealStatus } from '../../api/seal.ts'
import { initialise, type Made, type Split } from '../../api/set-up.ts'
import { useTexts } from '../../texts/texts.ts'
import { TroubleLine } from '../states/trouble-line.tsx'

type Props = {
  readonly status: SealStatus
  readonly made: (made: Made) => void
  readonly taken: () => void
}

const usual: Split = { shares: 5, threshold: 3 }
const most = 255

/** How the store is to be opened. What initialising answers is kept by no library that could hold on to it. */
export function SealChoice({ status, made, taken }: Props) {
  const { setUp } = useTexts()
  const bySelf = status.recovery_seal
  const [split, setSplit] = useState(usual)
  const [withShares, setWithShares] = useState(!bySelf)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const fault = withShares ? faultOf(split) : undefined
  const whole = (value: string | number) => Math.trunc(Number(value)) || 0

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (fault !== undefined) return
    setBusy(true)
    setError(undefined)
    try {
      made(await initialise(withShares ? split : { shares: 0, threshold: 0 }, bySelf))
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  if (status.initialized) {
    return (
      <Alert color="yellow" role="alert" icon={<IconAlertTriangle aria-hidden />} title={setUp.taken}>
        <Text size="sm" mb="sm">
          {setUp.takenText}
        </Text>
        <Button variant="default" onClick={taken}>
          {setUp.takenGo}
        </Button>
      </Alert>
    )
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <Alert icon={<IconShieldLock aria-hidden />} title={bySelf ? setUp.bySelf : setUp.byShares}>
          {bySelf ? setUp.bySelfText : setUp.bySharesText}
        </Alert>
        {bySelf && (
          <Checkbox
            label={setUp.recovery}
            description={setUp.recoveryHint}
            checked={withShares}
            onChange={({ currentTarget }) => setWithShares(currentTarget.checked)}
          />
        )}
        {withShares && (
          <Group grow align="flex-start">
            <NumberInput
              label={setUp.shares}
              description={setUp.sharesHint}
              min={1}
              max={most}
              allowDecimal={false}
              value={split.shares}
              onChange={(value) => setSplit({ ...split, shares: whole(value) })}
            />
            <NumberInput
              label={setUp.threshold}
              description={setUp.thresholdHint}
              min={1}
              max={most}
              allowDecimal={false}
              value={split.threshold}
              onChange={(value) => setSplit({ ...split, threshold: whole(value) })}
              error={fault !== undefined && setUp.faults[fault]}
            />
          </Group>
        )}
        <Text size="sm" c="dimmed">
          {setUp.once}
        </Text>
        {error !== undefined && <TroubleLine error={error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy} disabled={fault !== undefined}>
            {setUp.make}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Why a key cannot be split like that; undefined where it can. */
function faultOf({ shares, threshold }: Split): 'few' | 'many' | 'one' | undefined {
  if (shares < 1 || shares > most) return 'few'
  if (threshold < 1 || threshold > shares) return 'many'
  return shares > 1 && threshold === 1 ? 'one' : undefined
}
