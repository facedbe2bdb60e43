import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useSearchTexts } from '../../app/search.ts'
import { useSession } from '../../app/session/context.ts'
import { LoginForm } from '../../parts/login/login-form.tsx'
import { isOwnPath } from '../../parts/login/next.ts'
import { Lone } from '../../parts/lone/lone.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'

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
    <Lone title={product} lead={login.lead}>
      {state.kind === 'unknown' && state.error !== undefined ? (
        <Trouble error={state.error} again={look} />
      ) : (
        <LoginForm began={began} {...(isOwnPath(next) && { next })} />
      )}
    </Lone>
  )
}
