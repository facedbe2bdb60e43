import { Button, Popover, Stack, Text } from '@mantine/core'
import { IconClockPlus, IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import type { Session } from '../../api/session.ts'
import { troubleOf } from '../../api/trouble.ts'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { relativeTime } from '../../texts/times.ts'
import { useSession } from '../session/context.ts'
import { useOwnName } from '../session/use-own-name.ts'
import { LanguageChoice } from './language-choice.tsx'
import classes from './shell.module.css'
import { ThemeChoice } from './theme-choice.tsx'

/** Who is logged in, for how long, and how the page looks and speaks. */
export function Account({ session }: { readonly session: Session }) {
  const texts = useTexts()
  const { settings } = texts
  const say = useToast()
  const { extend, logout } = useSession()
  const failed = (error: unknown) => say({ text: texts.troubles[troubleOf(error).kind].title, tone: 'bad' })
  const router = useRouter()
  const out = useMutation({
    mutationFn: logout,
    // Where somebody was, the name of a secret included, is nothing for whoever logs in here next.
    onSuccess: () => router.navigate({ to: '/', replace: true }),
    onError: failed,
  })
  const more = useMutation({ mutationFn: extend, onError: failed })
  const name = useOwnName(session)
  const action = { variant: 'subtle', color: 'gray', justify: 'flex-start', fullWidth: true } as const
  return (
    <Popover position="bottom-end" width={280} withinPortal={false} trapFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          className={classes.account ?? ''}
          leftSection={<IconUserCircle size={20} aria-hidden />}
          aria-label={`${settings.label}: ${name.short}`}
        >
          <Text truncate size="sm" className={classes.accountName ?? ''} component="span">
            {name.short}
          </Text>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={settings.label}>
        <Stack gap="md">
          <div>
            <Text size="xs" c="dimmed">
              {settings.signedInAs}
            </Text>
            <Text size="sm" fw={600} title={session.displayName}>
              <bdi>{name.long}</bdi>
            </Text>
            <Text size="xs" c="dimmed">
              {session.ends === undefined
                ? settings.neverEnds
                : settings.ends(relativeTime(texts, session.ends, Date.now()))}
            </Text>
          </div>
          <ThemeChoice />
          <LanguageChoice />
          <div>
            {session.renewable && (
              <Button
                {...action}
                leftSection={<IconClockPlus size={18} aria-hidden />}
                loading={more.isPending}
                onClick={() => more.mutate()}
              >
                {settings.extend}
              </Button>
            )}
            <Button
              {...action}
              leftSection={<IconLogout size={18} aria-hidden />}
              loading={out.isPending}
              onClick={() => out.mutate(false)}
            >
              {settings.logout}
            </Button>
            <Button
              {...action}
              leftSection={<IconLogout size={18} aria-hidden />}
              onClick={() => out.mutate(true)}
            >
              {settings.logoutEverywhere}
            </Button>
          </div>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
