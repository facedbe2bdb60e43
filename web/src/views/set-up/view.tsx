import { IconListCheck } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/set-up',
  place: { group: 'administer', order: 5, icon: IconListCheck, label: ({ guide }) => guide.title },
  isFor: ({ allowed }) => allowed('sys/auth/jwt', 'create', 'update'),
  title: ({ guide }) => guide.title,
  page: () => import('./page.tsx'),
}
