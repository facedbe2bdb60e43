import { Alert, Code, Progress, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type SealStatus, sealKey } from '../../api/seal.ts'
import { useTexts } from '../../texts/texts.ts'
import { ShareForm } from './share-form.tsx'
import classes from './unseal.module.css'

/** How far this node is on its way to be unsealed, and the way to bring it further. */
export function Unseal({ status }: { readonly status: SealStatus }) {
  const { unseal } = useTexts()
  const queries = useQueryClient()
  const { t, n, progress, nonce } = status
  if (t === 0) {
    return (
      <Alert icon={<IconInfoCircle aria-hidden />} title={unseal.bySelf}>
        {unseal.bySelfText}
      </Alert>
    )
  }
  return (
    <Stack>
      <div>
        <Text fw={600} role="status">
          {unseal.progress(progress, t)}
        </Text>
        <Progress.Root size="lg" my="xs">
          <Progress.Section value={(100 * progress) / t} aria-label={unseal.progressLabel} />
        </Progress.Root>
        <Text size="sm" c="dimmed">
          {unseal.needed(t, n)}
        </Text>
      </div>
      <ShareForm status={status} changed={(next) => queries.setQueryData(sealKey, next)} />
      <Stack gap={4} className={classes.about ?? ''}>
        <Text size="sm" c="dimmed">
          {unseal.node(location.host)}
        </Text>
        {nonce !== '' && (
          <Text size="sm" c="dimmed">
            {unseal.attempt} <Code dir="ltr">{nonce}</Code>
          </Text>
        )}
      </Stack>
    </Stack>
  )
}
