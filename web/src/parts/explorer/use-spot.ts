import { useSearchTexts } from '../../app/search.ts'

/** Where in a place somebody is: what the query of the address says. */
export type Spot = {
  /** Below the place: empty, or ending in a slash. */
  readonly folder: string
  /** The chosen secret within the folder. */
  readonly secret: string | undefined
  /** Whether a new secret is being made. */
  readonly isNew: boolean
  /** The query of the address for another folder, or for a secret in this one. */
  readonly linkTo: (folder: string, secret?: string) => Readonly<Record<string, string>>
  readonly toFolder: (folder: string) => void
  readonly toSecret: (name: string | undefined) => void
  readonly toSpot: (folder: string, secret: string) => void
  readonly toNew: () => void
}

export function useSpot(): Spot {
  const [search, setSearch] = useSearchTexts()
  const folder = (search.folder ?? '').replace(/^\/+/, '').replace(/([^/])$/, '$1/')
  const kept = (at: string) => ({
    ...(search.at !== undefined && { at: search.at }),
    ...(at !== '' && { folder: at }),
  })
  const here = (next: Readonly<Record<string, string | undefined>>) => setSearch({ ...kept(folder), ...next })
  return {
    folder,
    secret: search.secret || undefined,
    isNew: search.new !== undefined,
    linkTo: (to, secret) => ({ ...kept(to), ...(secret !== undefined && { secret }) }),
    toFolder: (next) => setSearch(kept(next)),
    toSecret: (secret) => here({ secret }),
    toSpot: (next, secret) => setSearch({ ...kept(next), secret }),
    toNew: () => here({ new: 'secret' }),
  }
}
