import { useMatches } from '@tanstack/react-router'
import type { View } from './view.ts'
import { views } from './views.ts'

/** The view that the address names; undefined for an address of no view. */
export function useView(): View | undefined {
  const path = useMatches().at(-1)?.fullPath
  return views.find((view) => view.path === path)
}
