import { fail } from '../../base/errors.ts'
import type { Io } from '../io.ts'

const maxTyped = 65_536
const enter = /[\r\n]/
const interrupt = '\x03'
const endOfInput = '\x04'
const eraseLine = '\x15'
const erase = /^[\x7f\b]$/

/**
 * Asks on the terminal for one line that is not shown. The label goes to standard error.
 *
 * @throws invalid_request when it is interrupted or input ends
 */
export async function prompt(io: Io, label: string): Promise<string> {
  io.stderr.write(label)
  io.stdin.setRawMode?.(true)
  try {
    return await readLine(io)
  } finally {
    io.stdin.setRawMode?.(false)
    io.stderr.write('\n')
  }
}

async function readLine(io: Io): Promise<string> {
  const decoder = new TextDecoder()
  let typed: string[] = []
  for await (const part of io.stdin) {
    const text = typeof part === 'string' ? part : decoder.decode(part, { stream: true })
    for (const key of text) {
      if (enter.test(key)) return typed.join('')
      if (key === interrupt || (key === endOfInput && typed.length === 0)) break
      if (erase.test(key)) typed.pop()
      else if (key === eraseLine) typed = []
      else if (typed.push(key) > maxTyped) fail('invalid_request', 'what was typed is too long')
    }
    if (text.includes(interrupt) || text.includes(endOfInput)) break
  }
  return fail('invalid_request', 'interrupted')
}
