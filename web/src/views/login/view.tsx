import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/login',
  isOpen: true,
  title: ({ login }) => login.title,
  page: () => import('./page.tsx'),
}
