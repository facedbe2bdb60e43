import { IconShare } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'
import { waysFor } from '../../parts/share/ways.ts'

export const view: View = {
  path: '/share',
  place: { group: 'shared', order: 10, icon: IconShare, label: ({ share }) => share.title, key: 'l' },
  isFor: ({ allowed }) => waysFor(allowed).length > 0,
  title: ({ share }) => share.title,
  page: () => import('./page.tsx'),
}
