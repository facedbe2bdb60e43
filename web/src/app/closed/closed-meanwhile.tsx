import { Stack, Text } from '@mantine/core'
import type { SealStatus } from '../../api/seal.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Unseal } from '../../parts/unseal/unseal.tsx'
import { useTexts } from '../../texts/texts.ts'

/** Over what was open when the server was sealed: nothing that was typed is lost. */
export default function ClosedMeanwhile({ status }: { readonly status: SealStatus }) {
  const { unseal } = useTexts()
  return (
    <Dialog opened title={unseal.title}>
      <Stack>
        <Text>{unseal.meanwhile}</Text>
        <Unseal status={status} />
      </Stack>
    </Dialog>
  )
}
