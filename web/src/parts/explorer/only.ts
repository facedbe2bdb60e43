import type { Wanted } from '../../api/find.ts'

/** What a list can be narrowed to, in a folder and all below it. */
export const onlies = ['expires', 'unused', 'shared', 'mine'] as const
export type Only = (typeof onlies)[number]

const soonDays = 30
const unusedDays = 90

/** What the server is asked for. @param path the folder, with its mount */
export function wantedFor(only: Only, path: string): Wanted {
  switch (only) {
    case 'expires':
      return { path, expires: soonDays * 24 * 3600 }
    case 'unused':
      return { path, unused: unusedDays }
    case 'shared':
      return { path, shared: true }
    case 'mine':
      return { path, mine: true }
  }
}
