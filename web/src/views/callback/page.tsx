import { Button, Text } from '@mantine/core'
import { IconLogin2, IconMoodConfuzed } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useParams, useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { beginSession } from '../../api/session.ts'
import { useSearchTexts } from '../../app/search.ts'
import { useSession } from '../../app/session/context.ts'
import { LinkTo } from '../../parts/link-to.tsx'
import { takeNext } from '../../parts/login/next.ts'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
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
  return (
    <State isPage icon={IconMoodConfuzed} title={login.failed} role="alert">
      {refused !== undefined && <Text ta="center">{login.refused}</Text>}
      {finish.error !== null && <TroubleLine error={finish.error} />}
      <Button component={LinkTo} to="/login" leftSection={<IconLogin2 size={18} aria-hidden />}>
        {login.retry}
      </Button>
    </State>
  )
}
