import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/groups/$group',
  title: ({ teams }) => teams.one,
  page: () => import('./page.tsx'),
}
