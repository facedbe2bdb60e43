import { Outlet, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Loading } from '../parts/states/loading.tsx'
import { Trouble } from '../parts/states/trouble.tsx'
import { useTexts } from '../texts/texts.ts'
import { useClosed } from './closed/use-closed.ts'
import { LogInAgain } from './session/again.tsx'
import { useSession } from './session/context.ts'
import { EndsSoon } from './session/ends-soon.tsx'
import { Shell } from './shell/shell.tsx'
import { useView } from './use-view.ts'

const Closed = lazy(() => import('./closed/closed.tsx'))
const OpenedNotice = lazy(() => import('../parts/activity/opened-notice.tsx'))
const ClosedMeanwhile = lazy(() => import('./closed/closed-meanwhile.tsx'))

/** Every address of the page: the view it names, with what is around it, or the way to log in. */
export function Page() {
  const texts = useTexts()
  const { state, look } = useSession()
  const view = useView()
  const { status: closed, hold } = useClosed()
  useEffect(() => {
    document.title = view === undefined ? texts.product : `${view.title(texts)} · ${texts.product}`
  }, [view, texts])

  const content = (
    <Suspense fallback={<Loading />}>
      <Outlet />
    </Suspense>
  )
  const isWithin = state.kind === 'in' || state.kind === 'ended'
  if (closed !== undefined && (view?.isOpen === true || !isWithin)) {
    return (
      <main id="content">
        <Suspense fallback={<Loading />}>
          <Closed status={closed} hold={hold} />
        </Suspense>
      </main>
    )
  }
  if (view?.isOpen === true) return <main id="content">{content}</main>
  if (state.kind === 'unknown') {
    return (
      <main>
        {state.error === undefined ? <Loading /> : <Trouble isPage error={state.error} again={look} />}
      </main>
    )
  }
  if (state.kind === 'out') return <ToLogin />
  return (
    <Shell session={state.session}>
      <Suspense>
        <OpenedNotice session={state.session} />
      </Suspense>
      {content}
      {closed !== undefined ? (
        <Suspense>
          <ClosedMeanwhile status={closed} />
        </Suspense>
      ) : state.kind === 'ended' ? (
        <LogInAgain />
      ) : (
        <EndsSoon session={state.session} />
      )}
    </Shell>
  )
}

/** Goes to the login, which comes back to where this was. */
function ToLogin() {
  const router = useRouter()
  // The way there is a change of place as well, and not one to come back to.
  const [here] = useState(() => router.latestLocation.href.replace(/^\/ui(?=\/)/, ''))
  useEffect(() => {
    const next = here === '/' || here === '/space' ? {} : { next: here }
    void router.navigate({ to: '/login' as string, search: next as never, replace: true })
  }, [router, here])
  return null
}
