import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/callback/$mount',
  isOpen: true,
  title: ({ login }) => login.title,
  page: () => import('./page.tsx'),
}
