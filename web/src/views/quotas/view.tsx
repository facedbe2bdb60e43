import { IconGauge } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/quotas',
  place: { group: 'administer', order: 60, icon: IconGauge, label: ({ quotas }) => quotas.title, key: 'q' },
  isFor: ({ allowed }) => allowed('sys/quotas/rate-limit', 'list'),
  title: ({ quotas }) => quotas.title,
  page: () => import('./page.tsx'),
}
