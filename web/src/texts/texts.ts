import { createContext, useContext } from 'react'
import { en } from './en/index.ts'
import type { Texts } from './shape.ts'

export type { Texts } from './shape.ts'

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
