import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/tokens/leases',
  title: ({ leases }) => leases.title,
  page: () => import('./page.tsx'),
}
