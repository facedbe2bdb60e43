import type { View } from '../../app/view.ts'
import { doneInTab } from '../../parts/login/next.ts'

export const view: View = {
  path: doneInTab,
  isOpen: true,
  title: ({ login }) => login.done,
  page: () => import('./page.tsx'),
}
