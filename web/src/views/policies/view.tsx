import { IconGavel } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/policies',
  place: {
    group: 'administer',
    order: 40,
    icon: IconGavel,
    label: ({ policies }) => policies.title,
    key: 'r',
  },
  isFor: ({ allowed }) => allowed('sys/policies/acl', 'list') || allowed('sys/policies/acl/', 'list'),
  title: ({ policies }) => policies.title,
  page: () => import('./page.tsx'),
}
