import { IconListSearch } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/audit',
  place: {
    group: 'administer',
    order: 20,
    icon: IconListSearch,
    label: ({ audit }) => audit.title,
    key: 'd',
  },
  isFor: ({ allowed }) => allowed('sys/audit-log', 'sudo'),
  title: ({ audit }) => audit.title,
  page: () => import('./page.tsx'),
}
