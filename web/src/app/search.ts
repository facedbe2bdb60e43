import { useLocation, useNavigate } from '@tanstack/react-router'

export type Search = Readonly<Record<string, string>>

/** The query of the page's address as plain texts: no name that somebody gave a secret is read as anything else. */
export const readSearch = (text: string): Search => Object.fromEntries(new URLSearchParams(text))

export function writeSearch(search: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(search).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  const text = new URLSearchParams(pairs).toString()
  return text === '' ? '' : `?${text}`
}

/** The query of the address, and what changes it. A name without a value goes. */
export function useSearchTexts(): [Search, (next: Readonly<Record<string, string | undefined>>) => void] {
  // The router knows no more of it than that it came from readSearch.
  const search = useLocation().search as Search
  const navigate = useNavigate()
  return [search, (next) => void navigate({ to: '.', search: next as never })]
}
