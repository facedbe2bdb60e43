import { IconUsersGroup } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/vos',
  place: { group: 'secrets', order: 20, icon: IconUsersGroup, label: ({ vos }) => vos.title, key: 'v' },
  title: ({ vos }) => vos.title,
  page: () => import('./page.tsx'),
}
