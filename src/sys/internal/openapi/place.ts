import type { Served } from '../../services.ts'

/** What serves a mount, and where: with a trailing slash. */
export type Place = Served & {
  readonly point: string
  /** The part of `point` that stands for whatever the mount is called, and what it is called mostly. */
  readonly mountParameter?: { readonly name: string; readonly standard: string }
}
