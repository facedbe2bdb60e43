import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/open',
  isOpen: true,
  title: ({ opened }) => opened.title,
  page: () => import('./page.tsx'),
}
