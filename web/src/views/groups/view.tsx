import { IconUsers } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/groups',
  place: { group: 'administer', order: 33, icon: IconUsers, label: ({ teams }) => teams.title, key: 'm' },
  isFor: ({ allowed }) => allowed('identity/group/details', 'sudo'),
  title: ({ teams }) => teams.title,
  page: () => import('./page.tsx'),
}
