import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/vos/$vo',
  title: ({ vos }) => vos.one,
  page: () => import('./page.tsx'),
}
