import { IconBuildingWarehouse } from '@tabler/icons-react'
import type { View } from '../../app/view.ts'

export const view: View = {
  path: '/places',
  place: {
    group: 'secrets',
    order: 30,
    icon: IconBuildingWarehouse,
    label: ({ places }) => places.title,
    key: 'p',
  },
  title: ({ places }) => places.title,
  page: () => import('./page.tsx'),
}
