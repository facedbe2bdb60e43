import { IconAddressBook } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/people',
  place: {
    group: 'administer',
    order: 30,
    icon: IconAddressBook,
    label: ({ entities }) => entities.title,
    key: 'u',
  },
  isFor: ({ allowed }) => allowed('identity/entity/details', 'sudo'),
  title: ({ entities }) => entities.title,
  page: () => import('./page.tsx'),
}
