import { IconServer2 } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/server',
  place: { group: 'administer', order: 10, icon: IconServer2, label: ({ server }) => server.title },
  isFor: ({ allowed }) => allowed('sys/ha-status', 'read') || allowed('sys/key-status', 'read'),
  title: ({ server }) => server.title,
  page: () => import('./page.tsx'),
}
