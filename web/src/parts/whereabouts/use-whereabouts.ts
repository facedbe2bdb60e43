import { useMemo } from 'react'
import { usePlaces, useSecretMounts } from '../../api/spaces.ts'
import { useTexts } from '../../texts/texts.ts'
import { type Whereabouts, whereaboutsOf } from './whereabouts.ts'

/** All places that whoever is logged in may know of; none while they are on their way. */
export function useWhereabouts(): readonly Whereabouts[] {
  const places = usePlaces().data
  const mounts = useSecretMounts().data
  return useMemo(() => {
    const kept = mounts?.filter(({ type }) => type === 'kv' || type === 'cubbyhole') ?? []
    return whereaboutsOf(
      places ?? { own: undefined, shared: [] },
      kept.map(({ path }) => path),
    )
  }, [places, mounts])
}

/** What a place is called. */
export function usePlaceName(): (place: Whereabouts) => string {
  const { space } = useTexts()
  return ({ kind, label }) => (kind === 'own' ? space.title : label)
}
