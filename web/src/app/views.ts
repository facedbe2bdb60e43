import type { View } from './view.ts'

const found = import.meta.glob<{ view: View }>('../views/*/view.tsx', { eager: true })

/** All views, by their folders. */
export const views: readonly View[] = Object.values(found).map(({ view }) => view)
