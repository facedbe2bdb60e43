import { Paper, Stack, Text, Title } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useSearchTexts } from '../../app/search.ts'
import { useSession } from '../../app/session/context.ts'
import { LoginForm } from '../../parts/login/login-form.tsx'
import { isOwnPath } from '../../parts/login/next.ts'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'
import classes from './page.module.css'

/** The first page that most people see. */
export default function LoginPage() {
  const { login, product } = useTexts()
  const { state, began, look } = useSession()
  const router = useRouter()
  const [{ next }] = useSearchTexts()
  const isIn = state.kind === 'in'
  const left = useRef(false)
  useEffect(() => {
    // Once: on the way this is still here, and the address already another one.
    if (!isIn || left.current) return
    left.current = true
    router.history.replace(router.basepath + (isOwnPath(next) ? next : '/'))
  }, [isIn, next, router])
  return (
    <div className={classes.page}>
      <Paper className={classes.card} p="xl" radius="lg" shadow="sm" withBorder>
        <Stack>
          <div className={classes.brand}>
            <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={44} height={44} />
            <Title order={1} size="h3">
              {product}
            </Title>
            <Text c="dimmed" ta="center" size="sm">
              {login.lead}
            </Text>
          </div>
          {state.kind === 'unknown' && state.error !== undefined ? (
            <Trouble error={state.error} again={look} />
          ) : (
            <LoginForm began={began} {...(isOwnPath(next) && { next })} />
          )}
        </Stack>
      </Paper>
      <PageFoot />
    </div>
  )
}

function PageFoot() {
  return (
    <Text size="xs" c="dimmed">
      {__VERSION__}
    </Text>
  )
}
