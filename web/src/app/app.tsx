import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useState } from 'react'
import { Toasts } from '../parts/toasts/toasts.tsx'
import { SpokenProvider } from '../texts/spoken.tsx'
import { CatchAll } from './catch-all.tsx'
import { makeQueries } from './queries.ts'
import { makeRouter } from './router.tsx'
import { SessionProvider } from './session/provider.tsx'
import { SlowNotice } from './slow-notice.tsx'
import { theme } from './theme.ts'

/** The whole page: what everything in it can count on, from the outside in. */
export function App() {
  const [queries] = useState(makeQueries)
  const [router] = useState(makeRouter)
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <SpokenProvider>
        <CatchAll>
          <QueryClientProvider client={queries}>
            <Toasts>
              <SessionProvider>
                <RouterProvider router={router} />
                <SlowNotice />
              </SessionProvider>
            </Toasts>
          </QueryClientProvider>
        </CatchAll>
      </SpokenProvider>
    </MantineProvider>
  )
}
