import type { Io } from '../io.ts'

export type Captured = Io & { out(): string; error(): string }

export type FakeIo = {
  readonly env?: Readonly<Record<string, string>>
  readonly home?: string
  /** What comes from standard input; of a terminal, what is typed. */
  readonly stdin?: string | readonly string[]
  /** Whether all three are a terminal. */
  readonly tty?: boolean
}

/** Stands in for the process in tests. It never waits, and it is noon of 2030-01-31. */
export function fakeIo({ env = {}, home = '/nowhere', stdin = '', tty = false }: FakeIo = {}): Captured {
  const out: string[] = []
  const error: string[] = []
  const parts = [stdin].flat().map((part) => Buffer.from(part))
  let next = 0
  const input: AsyncIterator<Uint8Array> = {
    next: async () => {
      const value = parts[next++]
      return value === undefined ? { done: true, value: undefined } : { done: false, value }
    },
  }
  return {
    env,
    home,
    stdin: { isTTY: tty, setRawMode: () => {}, [Symbol.asyncIterator]: () => input },
    stdout: { isTTY: tty, columns: 80, write: (text) => out.push(text) },
    stderr: { isTTY: tty, columns: 80, write: (text) => error.push(text) },
    now: () => Date.UTC(2030, 0, 31, 12),
    pause: async () => {},
    out: () => out.join(''),
    error: () => error.join(''),
  }
}
