import { Divider, SegmentedControl, Stack } from '@mantine/core'
import { useState } from 'react'
import type { Session } from '../../api/session.ts'
import { useLoginWays } from '../../api/spaces.ts'
import { useTexts } from '../../texts/texts.ts'
import classes from './login.module.css'
import { PasswordLogin } from './password-login.tsx'
import { ProviderButtons } from './provider-buttons.tsx'
import { TokenLogin } from './token-login.tsx'
import { WrappedLogin } from './wrapped-login.tsx'

type Props = {
  readonly began: (session: Session) => void
  /** Logins at a provider leave this page alone, where something is open in it. */
  readonly inNewTab?: boolean
  /** Where the login leads afterwards, a path below `/ui`. */
  readonly next?: string
}

type Way = 'password' | 'token' | 'wrapped'

/** All ways to log in. */
export function LoginForm({ began, inNewTab = false, next }: Props) {
  const { login } = useTexts()
  const { data: ways } = useLoginWays()
  const passwords = ways?.filter(({ type }) => type === 'userpass') ?? []
  const providers = ways?.filter(({ type }) => type === 'oidc' || type === 'jwt') ?? []
  const [chosen, setChosen] = useState<Way>()
  if (ways === undefined) return null
  const way = chosen ?? (passwords.length > 0 || providers.length === 0 ? 'password' : 'token')
  return (
    <Stack>
      {providers.length > 0 && (
        <>
          <ProviderButtons providers={providers} inNewTab={inNewTab} next={next} />
          <Divider label={login.ways} />
        </>
      )}
      <SegmentedControl
        fullWidth
        classNames={{ root: classes.ways ?? '', label: classes.way ?? '' }}
        aria-label={login.ways}
        value={way}
        onChange={(value) => setChosen(value as Way) /* one of those below */}
        data={[
          { value: 'password', label: login.password },
          { value: 'token', label: login.token },
          ...(inNewTab ? [] : [{ value: 'wrapped', label: login.wrapped }]),
        ]}
      />
      {way === 'password' && <PasswordLogin mounts={passwords.map(({ mount }) => mount)} began={began} />}
      {way === 'token' && <TokenLogin began={began} />}
      {way === 'wrapped' && <WrappedLogin began={began} />}
    </Stack>
  )
}
