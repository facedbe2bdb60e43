/**
 * What one client asked for and what it was told, as the checker reads it. The models are in `checker/models.go`:
 *
 * - `kv`: `write` of `value` as `version`, `cas` with `expect`, `delete` of the newest version, `remove` of all,
 *   `read` of `value` at `version` (an empty value where it is deleted, version 0 where there is none);
 * - `register`: `set` to `value`, `get` of `value`;
 * - `uses`: `grant` of `expect` uses, `use`.
 */
export type Operation = {
  readonly object: string
  readonly model: 'kv' | 'register' | 'uses'
  readonly client: number
  /** Nanoseconds, from a clock that only goes forwards. */
  readonly from: number
  readonly to: number
  /** There was no answer: it may have happened at any time since, or never. */
  readonly open?: boolean
  readonly do: string
  readonly value?: string
  readonly expect?: number
  readonly version?: number
  /** The answer was a definite no. */
  readonly refused?: boolean
}

/** Nanoseconds since this process began to run; exact for three months. */
export const now = (): number => Number(process.hrtime.bigint())
