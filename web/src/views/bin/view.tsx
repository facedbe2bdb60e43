import { IconTrash } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/bin',
  place: { group: 'secrets', order: 40, icon: IconTrash, label: ({ bin }) => bin.title, key: 'b' },
  title: ({ bin }) => bin.title,
  page: () => import('./page.tsx'),
}
