/** A request before it is known which address takes it. */
export type Outgoing = {
  readonly method: string
  /** Encoded, with `/v1/` and the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** What the caller knows of it; absent, the method tells. */
  readonly repeatable?: boolean
}
