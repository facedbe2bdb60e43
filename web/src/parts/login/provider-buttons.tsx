import { Alert, Anchor, Button, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconExternalLink, IconLogin2 } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { LoginWay } from '../../api/spaces.ts'
import { troubleOf } from '../../api/trouble.ts'
import { useTexts } from '../../texts/texts.ts'
import { TroubleLine } from '../states/trouble-line.tsx'
import classes from './login.module.css'
import { doneInTab } from './next.ts'
import { providerName } from './provider-name.ts'
import { Blocked, goToProvider, openProvider } from './to-provider.ts'

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
    mutationFn: (mount: string) => (inNewTab ? openProvider(mount) : goToProvider(mount, next)),
  })
  const isDown = troubleOf(go.error).kind === 'provider'
  return (
    <Stack gap="sm">
      {providers.map((provider) => (
        <Button
          key={provider.mount}
          size="md"
          fullWidth
          classNames={{ root: classes.provider ?? '', label: classes.providerName ?? '' }}
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
      {go.error instanceof Blocked ? (
        <Alert color="yellow" role="alert" icon={<IconAlertTriangle aria-hidden />} title={login.blocked}>
          <Anchor href={`${import.meta.env.BASE_URL}login?next=${doneInTab}`} target="_blank">
            {login.openTab}
          </Anchor>
        </Alert>
      ) : (
        go.error !== null && <TroubleLine error={go.error} {...(!isDown && { title: login.notBegun })} />
      )}
    </Stack>
  )
}
