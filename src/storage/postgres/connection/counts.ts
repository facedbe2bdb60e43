/** What a process counts of its connections to the database. */
export type Counts = {
  /** Times that statements were sent on a connection that waited for none, and their answers awaited. */
  roundTrips: number
  /** Transactions that the database undid for the sake of another one, by SQLSTATE. */
  readonly undone: { '40001': number; '40P01': number }
  /** Connections that were made; those that are lost go when the next one is. */
  readonly made: Set<{ readonly lost: boolean }>
}

export const noCounts = (): Counts => ({
  roundTrips: 0,
  undone: { '40001': 0, '40P01': 0 },
  made: new Set(),
})

/** Notes a new connection, and forgets those that are lost. */
export function noteMade({ made }: Counts, connection: { readonly lost: boolean }): void {
  for (const one of made) if (one.lost) made.delete(one)
  made.add(connection)
}

/** How many connections there are. */
export const openOf = ({ made }: Counts): number => [...made].filter(({ lost }) => !lost).length
