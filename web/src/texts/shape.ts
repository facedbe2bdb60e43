import type { en, sections } from './en/index.ts'

/** What every language has. */
export type Texts = typeof en

/** What the file of a language has about one part of the page. */
export type Section<Name extends keyof typeof sections> = (typeof sections)[Name]
