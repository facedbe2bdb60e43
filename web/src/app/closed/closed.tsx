import type { SealStatus } from '../../api/seal.ts'
import { Lone } from '../../parts/lone/lone.tsx'
import { Unseal } from '../../parts/unseal/unseal.tsx'
import { useTexts } from '../../texts/texts.ts'

/** In the place of every view while the server is sealed. */
export default function Closed({ status }: { readonly status: SealStatus }) {
  const { unseal } = useTexts()
  return (
    <Lone title={unseal.title} lead={unseal.lead}>
      <Unseal status={status} />
    </Lone>
  )
}
