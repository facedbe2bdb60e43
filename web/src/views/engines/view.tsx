import { IconServerCog } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/engines',
  place: {
    group: 'administer',
    order: 50,
    icon: IconServerCog,
    label: ({ engines }) => engines.short,
    key: 'e',
  },
  isFor: ({ allowed }) => allowed('sys/mounts', 'read') || allowed('sys/auth', 'read'),
  title: ({ engines }) => engines.title,
  page: () => import('./page.tsx'),
}
