/** Where a command reads from and writes to, so that tests can stand in for the process. */
export type Io = {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The home directory. */
  readonly home: string
  readonly stdin: Source
  readonly stdout: Sink
  readonly stderr: Sink
  /** Milliseconds since 1970. */
  now(): number
  /** Waits this many milliseconds. */
  pause(milliseconds: number): Promise<void>
  /** Shows a page in the person's browser where there is one. */
  browse?(url: string): void
}

/** Standard input. Only a terminal has a raw mode, in which keys arrive one by one and are not shown. */
export type Source = AsyncIterable<Uint8Array | string> & {
  readonly isTTY?: boolean
  setRawMode?(on: boolean): unknown
}

export type Sink = {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** Width of the terminal. */
  readonly columns?: number
}
