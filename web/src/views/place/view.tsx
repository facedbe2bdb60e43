import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/places/at',
  title: ({ places }) => places.title,
  page: () => import('./page.tsx'),
}
