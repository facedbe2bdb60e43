import { IconHome } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/space',
  place: { group: 'secrets', order: 10, icon: IconHome, label: ({ space }) => space.title, key: 's' },
  title: ({ space }) => space.title,
  page: () => import('./page.tsx'),
}
