import { usePlaces } from '../../../api/spaces.ts'
import { useTexts } from '../../../texts/texts.ts'

/** A place that a secret can go to. */
export type Target = {
  /** With its mount and a slash at the end. */
  readonly root: string
  readonly label: string
}

/** Where whoever is logged in can put a secret. @param root the place where it is */
export function useTargets(root: string, writable: boolean): readonly Target[] {
  const { space } = useTexts()
  const { own, shared = [] } = usePlaces().data ?? {}
  const known = [
    ...(own === undefined ? [] : [{ root: own, label: space.title }]),
    ...shared.filter((one) => one.writable).map(({ path, title }) => ({ root: path, label: title })),
  ]
  if (!writable || known.some((one) => one.root === root)) return known
  return [{ root, label: root }, ...known]
}
