import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../../base/errors.ts'

/** Bytes that are read of a file or of standard input: what a server takes in one request. */
export const maxInput = 32 * 1024 * 1024

export const expandHome = (path: string, home: string): string =>
  path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path

/**
 * The text of a file, as it is.
 *
 * @throws invalid_request when it cannot be read, is larger than {@link maxInput} or is not UTF-8
 */
export async function readTextFile(path: string, home: string): Promise<string> {
  const full = expandHome(path, home)
  const stream = createReadStream(full)
  try {
    return await readText(stream, full)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '' // our own failures have codes in lower case
    if (/^E[A-Z]+$/.test(code)) fail('invalid_request', `the file ${full} cannot be read (${code})`)
    throw error
  } finally {
    stream.destroy()
  }
}

/** @throws invalid_request when it is larger than {@link maxInput} or is not UTF-8 */
export async function readText(source: AsyncIterable<Uint8Array | string>, name: string): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of source) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    size += bytes.length
    if (size > maxInput) fail('invalid_request', `${name} is larger than ${maxInput} bytes`)
    parts.push(bytes)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts))
  } catch {
    return fail(
      'invalid_request',
      `${name} is not UTF-8 text; encode binary data first, for example with base64`,
    )
  }
}
