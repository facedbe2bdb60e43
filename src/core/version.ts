import { type Formats, formats } from '../barrier/rows.ts'

/** The version of this program, as clients see it. */
export const version = '0.1.0'
export const buildDate = '2026-11-24T00:00:00Z'

/** What a process runs. */
export type Program = { readonly version: string; readonly buildDate: string; readonly formats: Formats }

export const program: Program = { version, buildDate, formats }
