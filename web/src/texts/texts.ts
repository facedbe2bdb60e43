import { createContext, useContext } from 'react'
import { en, type sections } from './en/index.ts'

/** In which direction a language is written. */
export type Direction = 'ltr' | 'rtl'

/** What every language has. */
export type Texts = typeof en

/** What the file of a language has about one part of the page. */
export type Section<Name extends keyof typeof sections> = (typeof sections)[Name]

export type Language = {
  readonly code: string
  /** In the language itself. */
  readonly name: string
  readonly load: () => Promise<Texts>
}

/** English is there from the start; the others are loaded when they are chosen. */
export const languages: readonly Language[] = [
  { code: 'en', name: 'English', load: async () => en },
  { code: 'de', name: 'Deutsch', load: async () => (await import('./de/index.ts')).de },
]

export type Spoken = { readonly texts: Texts; readonly speak: (code: string) => void }

export const SpokenContext = createContext<Spoken>({ texts: en, speak: () => {} })

export const useTexts = (): Texts => useContext(SpokenContext).texts
