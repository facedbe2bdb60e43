import type { Io } from '../io.ts'
import { paint, printable } from './terminal.ts'

/** Prints a line for the user. */
export function say(io: Io, text: string): void {
  io.stdout.write(`${printable(text, io.stdout)}\n`)
}

/** Prints a line beside the output, so that what is piped on stays clean. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${printable(text, io.stderr)}\n`)
}

export function warn(io: Io, text: string): void {
  const head = paint('yellow', 'Warning:', io.stderr, io.env)
  io.stderr.write(`${head} ${printable(text, io.stderr)}\n`)
}
