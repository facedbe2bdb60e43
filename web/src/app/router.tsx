import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router'
import { lazy } from 'react'
import { Page } from './page.tsx'
import { readSearch, writeSearch } from './search.ts'
import { Missing } from './states/missing.tsx'
import type { View } from './view.ts'
import { views } from './views.ts'

const rootRoute = createRootRoute({ component: Page, notFoundComponent: Missing })

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/space' as string, replace: true })
  },
})

const routeOf = (view: View) =>
  createRoute({ getParentRoute: () => rootRoute, path: view.path, component: lazy(view.page) })

export const makeRouter = () =>
  createRouter({
    routeTree: rootRoute.addChildren([home, ...views.map(routeOf)]),
    basepath: '/ui',
    parseSearch: readSearch,
    stringifySearch: writeSearch,
    defaultPreload: false,
    scrollRestoration: false,
  })
