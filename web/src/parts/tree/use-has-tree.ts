import { useMediaQuery } from '@mantine/hooks'
import { useNames } from '../../api/secrets.ts'

/** Whether there is room for a tree beside the list, and a folder to be shown in it. @param root of the place */
export function useHasTree(root: string, folder: string): boolean {
  const isWide = useMediaQuery('(min-width: 75em)', false, { getInitialValueInEffect: false }) === true
  const pages = useNames(root).data?.pages ?? []
  const hasFolder = folder !== '' || pages.some((names) => names.some((name) => name.endsWith('/')))
  return isWide && hasFolder
}
