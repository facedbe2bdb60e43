import { Alert, Button, Checkbox, Stack } from '@mantine/core'
import { IconAlertTriangle, IconDice5 } from '@tabler/icons-react'
import { useState } from 'react'
import { guessBits } from '../../../crypt/strength.ts'
import { useTexts } from '../../../texts/texts.ts'
import { Generator } from '../../generator/generator.tsx'
import { Strength } from '../../generator/strength.tsx'
import { PassphraseInput } from './passphrase-input.tsx'
import type { Lock, LockFaults } from './seal.ts'

type Props = {
  /** Undefined for a secret that is stored as it is. */
  readonly lock: Lock | undefined
  readonly change: (lock: Lock | undefined) => void
  readonly faults: LockFaults | undefined
}

/** Whether a secret is encrypted before it is sent, and with which passphrase. */
export function LockEditor({ lock, change, faults }: Props) {
  const { crypt } = useTexts()
  const [shown, setShown] = useState(false)
  const [generating, setGenerating] = useState(false)
  const toggle = () => setShown(!shown)
  return (
    <Stack gap="sm">
      <Checkbox
        label={crypt.encrypt}
        description={crypt.encryptHint}
        checked={lock !== undefined}
        onChange={({ currentTarget }) =>
          change(currentTarget.checked ? { passphrase: '', repeated: '' } : undefined)
        }
      />
      {lock !== undefined && (
        <>
          <PassphraseInput
            label={crypt.passphrase}
            value={lock.passphrase}
            change={(passphrase) => change({ ...lock, passphrase })}
            shown={shown}
            toggle={toggle}
            error={faults?.passphrase}
          />
          {lock.passphrase !== '' && <Strength bits={guessBits(lock.passphrase)} />}
          <PassphraseInput
            label={crypt.repeat}
            value={lock.repeated}
            change={(repeated) => change({ ...lock, repeated })}
            shown={shown}
            toggle={toggle}
            error={faults?.repeated}
          />
          <Button
            variant="subtle"
            size="compact-md"
            w="fit-content"
            leftSection={<IconDice5 size={16} aria-hidden />}
            onClick={() => setGenerating(true)}
          >
            {crypt.generate}
          </Button>
          <Generator
            opened={generating}
            close={() => setGenerating(false)}
            first="words"
            use={(made) => {
              change({ passphrase: made, repeated: made })
              setShown(true)
            }}
          />
          {faults?.data !== undefined && (
            <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} title={faults.data} />
          )}
        </>
      )}
    </Stack>
  )
}
