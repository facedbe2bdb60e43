/** Bytes of a file that is put into a secret, at most; the server's own limit may be lower. */
export const fileLimit = 2_000_000

/** The field that a file becomes. */
export type FileField = { readonly name: string; readonly value: string; readonly kind: 'text' | 'file' }

/**
 * What a field holds of a file, as fedcloudclient keeps it: the text of a text file, and base64 of any other
 * (`--binary-file`). Where its name would let it pass for the other kind, that gets one more ending, so that every
 * file comes back as it was.
 */
export function fieldOfFile(name: string, bytes: Uint8Array): FileField {
  const text = textOf(bytes)
  if (text !== undefined) {
    return {
      name: binaryOf(name, text) === undefined ? name : `${name || 'file'}.txt`,
      value: text,
      kind: 'text',
    }
  }
  const value = bytes.toBase64()
  return { name: binaryOf(name, value) === undefined ? `${name || 'file'}.bin` : name, value, kind: 'file' }
}

/** The bytes of a file from what {@link fieldOfFile} made of it. */
export const bytesOfValue = (name: string, value: string): Uint8Array<ArrayBuffer> =>
  binaryOf(name, value) ?? new TextEncoder().encode(value)

/** Whether a field looks like a file: by its name, or by more lines than one. */
export const isFile = (name: string, value: string): boolean => hasEnding(name) || value.includes('\n')

/**
 * The bytes of a file that is no text; undefined for what is none. Nothing in a secret says what is a file, so it is
 * one only in a field that is named as such files are: a password is base64 of something as well.
 */
export function binaryOf(name: string, value: string): Uint8Array<ArrayBuffer> | undefined {
  if (!hasEnding(name) || textEndings.test(name) || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined
  try {
    const bytes = Uint8Array.fromBase64(value, { lastChunkHandling: 'strict' })
    return textOf(bytes) === undefined ? bytes : undefined
  } catch {
    return undefined
  }
}

/** Of files that are text, in which a token would look like base64. */
const textEndings = /\.(txt|md|json|ya?ml|xml|csv|conf|cfg|ini|env|toml|log|sh|token|pem|pub|crt)$/i

const hasEnding = (name: string): boolean => /.\.[A-Za-z0-9]{1,10}$/s.test(name)

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
