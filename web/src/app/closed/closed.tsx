import { useState } from 'react'
import type { SealStatus } from '../../api/seal.ts'
import { Lone } from '../../parts/lone/lone.tsx'
import { SetUp } from '../../parts/set-up/set-up.tsx'
import { Unseal } from '../../parts/unseal/unseal.tsx'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly status: SealStatus; readonly hold: (isHeld: boolean) => void }

/** In the place of every view while the server is sealed, or not initialised. */
export default function Closed({ status, hold }: Props) {
  const { unseal, setUp } = useTexts()
  // What it was at first: initialising makes it a sealed or an open one while there is still something to be seen.
  const [isNew] = useState(!status.initialized)
  const [isOver, setOver] = useState(false)
  if (isNew && !isOver) {
    return (
      <Lone title={setUp.title} lead={setUp.lead} isWide>
        <SetUp status={status} hold={hold} taken={() => setOver(true)} />
      </Lone>
    )
  }
  return (
    <Lone title={unseal.title} lead={unseal.lead}>
      <Unseal status={status} />
    </Lone>
  )
}
