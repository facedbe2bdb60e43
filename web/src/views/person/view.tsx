import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/people/$person',
  title: ({ entities }) => entities.one,
  page: () => import('./page.tsx'),
}
