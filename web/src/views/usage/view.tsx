import { IconChartLine } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/usage',
  place: {
    group: 'administer',
    order: 15,
    icon: IconChartLine,
    label: ({ counts }) => counts.title,
    key: 'c',
  },
  isFor: ({ allowed }) => allowed('sys/usage/days', 'sudo'),
  title: ({ counts }) => counts.title,
  page: () => import('./page.tsx'),
}
