import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle, IconLogin2 } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useParams, useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { beginSession } from '../../api/session.ts'
import { useSearchTexts } from '../../app/search.ts'
import { useSession } from '../../app/session/context.ts'
import { LinkTo } from '../../parts/link-to.tsx'
import { keptNext, takeNext } from '../../parts/login/next.ts'
import { Lone } from '../../parts/lone/lone.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'

/** Where the identity provider sends the browser back to. */
export default function CallbackPage() {
  const { login } = useTexts()
  const { began } = useSession()
  const router = useRouter()
  const { mount = '' } = useParams({ strict: false }) as { mount?: string } // the path of this view
  const [{ state = '', code = '', error: refused }] = useSearchTexts()
  const started = useRef(false)
  const finish = useMutation({
    mutationFn: () => beginSession({ callback: { mount, state, code } }),
    onSuccess: ({ session }) => {
      if (session === null) return
      began(session)
      // The code is used up; it does not stay in the history.
      router.history.replace(router.basepath + takeNext())
    },
    gcTime: 0,
  })
  const { mutate } = finish
  useEffect(() => {
    if (started.current || refused !== undefined || code === '') return
    started.current = true
    mutate()
  }, [mutate, refused, code])

  if (finish.error === null && refused === undefined && code !== '') return <Loading />
  const next = keptNext()
  return (
    <Lone title={login.failed}>
      {finish.error !== null ? (
        <TroubleLine error={finish.error} />
      ) : (
        <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
          {refused === undefined ? login.incomplete : reasonFor(login.refused, refused)}
        </Alert>
      )}
      <Button
        component={LinkTo}
        to="/login"
        {...(next !== undefined && { search: { next } })}
        leftSection={<IconLogin2 size={18} aria-hidden />}
      >
        {login.retry}
      </Button>
    </Lone>
  )
}

/** What the provider's error (RFC 6749 §4.1.2.1) means. Nothing else of the address is shown: anybody can write one. */
const reasonFor = (reasons: Readonly<Record<string, string>> & { readonly other: string }, error: string) =>
  Object.hasOwn(reasons, error) ? reasons[error] : reasons.other
