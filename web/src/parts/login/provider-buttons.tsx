import { Button, Stack, Text } from '@mantine/core'
import { IconExternalLink, IconLogin2 } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { providerAddress } from '../../api/session.ts'
import type { LoginWay } from '../../api/spaces.ts'
import { useTexts } from '../../texts/texts.ts'
import { TroubleLine } from '../states/trouble-line.tsx'
import { keepNext } from './next.ts'
import { providerName } from './provider-name.ts'

type Props = {
  readonly providers: readonly LoginWay[]
  readonly inNewTab: boolean
  readonly next: string | undefined
}

/** One button for each identity provider. */
export function ProviderButtons({ providers, inNewTab, next }: Props) {
  const texts = useTexts()
  const { login } = texts
  const go = useMutation({
    mutationFn: async (mount: string) => {
      // Opened at once, in the click, or the browser takes it for an advertisement.
      const tab = inNewTab ? window.open('about:blank') : null
      try {
        const address = await providerAddress(mount, '')
        if (tab !== null) {
          tab.location.href = address
          return
        }
        keepNext(next)
        location.assign(address)
      } catch (error) {
        tab?.close()
        throw error
      }
    },
  })
  return (
    <Stack gap="sm">
      {providers.map((provider) => (
        <Button
          key={provider.mount}
          size="md"
          fullWidth
          leftSection={
            inNewTab ? <IconExternalLink size={18} aria-hidden /> : <IconLogin2 size={18} aria-hidden />
          }
          loading={go.isPending && go.variables === provider.mount}
          onClick={() => go.mutate(provider.mount)}
        >
          {login.with(providerName(texts, provider, providers.length === 1))}
        </Button>
      ))}
      {inNewTab && (
        <Text size="sm" c="dimmed">
          {login.newTab}
        </Text>
      )}
      {go.error !== null && <TroubleLine error={go.error} title={login.providerDown} />}
    </Stack>
  )
}
