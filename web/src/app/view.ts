import type { ComponentType } from 'react'
import type { Allowed } from '../api/allowed.ts'
import type { Session } from '../api/session.ts'
import type { Texts } from '../texts/texts.ts'

/** The groups of the navigation, in their order. */
export const groups = ['secrets', 'shared', 'activity', 'administer', 'programs'] as const
export type Group = (typeof groups)[number]

/** Who looks at the page. */
export type Who = { readonly session: Session; readonly allowed: Allowed }

export type NavPlace = {
  readonly group: Group
  /** Within its group; small ones first. */
  readonly order: number
  readonly label: (texts: Texts) => string
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>
  /** A letter that leads there after `g`. */
  readonly key?: string
}

/** One view of the page. Its folder exports it from `view.tsx`; nothing else has to know of it. */
export type View = {
  /** Below `/ui`, such as `/space`; `$name` is a part of the path that the view reads. */
  readonly path: string
  /** Its place in the navigation; without one only links lead to it. */
  readonly place?: NavPlace
  /** Whether it is of use to this person; always, if absent. The server decides what they may do. */
  readonly isFor?: (who: Who) => boolean
  /** Shown to people who are not logged in as well, without navigation. */
  readonly isOpen?: boolean
  readonly title: (texts: Texts) => string
  /** Loaded when it is first shown. */
  readonly page: () => Promise<{ default: ComponentType }>
}
