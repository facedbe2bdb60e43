import { IconApi } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/api',
  place: { group: 'programs', order: 10, icon: IconApi, label: ({ api }) => api.title, key: 'x' },
  title: ({ api }) => api.title,
  page: () => import('./page.tsx'),
}
