/** What was chosen in a folder. */
export type Chosen = {
  /** The place, and the folder in it; both with a slash at their end, the first with its mount. */
  readonly root: string
  readonly folder: string
  /** Those of folders end in a slash. */
  readonly names: readonly string[]
}
