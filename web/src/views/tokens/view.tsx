import { IconTicket } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/tokens',
  place: { group: 'administer', order: 36, icon: IconTicket, label: ({ tokens }) => tokens.title, key: 't' },
  isFor: ({ allowed }) => allowed('auth/token/details', 'sudo') || allowed('sys/leases/lookup', 'sudo'),
  title: ({ tokens }) => tokens.title,
  page: () => import('./page.tsx'),
}
