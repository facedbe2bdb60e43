import { IconHistory } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/activity',
  place: {
    group: 'activity',
    order: 10,
    icon: IconHistory,
    label: ({ activity }) => activity.title,
    key: 'a',
  },
  title: ({ activity }) => activity.title,
  page: () => import('./page.tsx'),
}
