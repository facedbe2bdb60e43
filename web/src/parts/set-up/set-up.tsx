import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import type { SealStatus } from '../../api/seal.ts'
import type { Made } from '../../api/set-up.ts'
import { useSession } from '../../app/session/context.ts'
import { HandOut } from './hand-out.tsx'
import { SealChoice } from './seal-choice.tsx'

type Props = {
  readonly status: SealStatus
  readonly hold: (isHeld: boolean) => void
  /** Somebody else was faster. */
  readonly taken: () => void
}

/** The first steps of a new store: its seal, the shares, the root token. */
export function SetUp({ status, hold, taken }: Props) {
  const router = useRouter()
  const { began } = useSession()
  const [made, setMade] = useState<Made>()
  if (made === undefined) {
    return (
      <SealChoice
        status={status}
        taken={taken}
        made={(result) => {
          hold(true)
          setMade(result)
        }}
      />
    )
  }
  return (
    <HandOut
      made={made}
      entered={(session) => {
        setMade(undefined)
        began(session)
        router.history.replace(`${router.basepath}/set-up`)
        hold(false)
      }}
    />
  )
}
