import { Center, Loader, Stack, Text } from '@mantine/core'
import { useTimeout } from '@mantine/hooks'
import { useState } from 'react'
import { useTexts } from '../../texts/texts.ts'

/** Milliseconds after which a person wonders. */
const patience = 5000
/** Milliseconds below which nothing flickers. */
const grace = 150

/** Something is on its way; after a while it says so in words. */
export function Loading() {
  const { common } = useTexts()
  const [shown, setShown] = useState(false)
  const [slow, setSlow] = useState(false)
  useTimeout(() => setShown(true), grace, { autoInvoke: true })
  useTimeout(() => setSlow(true), patience, { autoInvoke: true })
  if (!shown) return null
  return (
    <Center p="xl">
      <Stack align="center" gap="sm" role="status">
        <Loader aria-hidden />
        <Text c={slow ? undefined : 'dimmed'} size="sm" ta="center" className={slow ? undefined : 'unseen'}>
          {slow ? common.slow : common.loading}
        </Text>
      </Stack>
    </Center>
  )
}
