import {
  createChecker,
  type Examined,
  type Head,
  type Verification,
} from '../../../../src/audit/check/checker.ts'
import { type Link, parseLink, partBefore } from '../../../../src/audit/check/link.ts'

export type { Verification } from '../../../../src/audit/check/checker.ts'

export type PublicKey = { readonly id: string; readonly key: CryptoKey }

/** The public key of a cluster is none. */
export class BadKey extends Error {}

/** @param pem an Ed25519 public key. @throws BadKey */
export async function readPublicKey(pem: string): Promise<PublicKey> {
  const text = /-----BEGIN PUBLIC KEY-----([\s\S]{1,500}?)-----END PUBLIC KEY-----/.exec(pem)?.[1]
  try {
    const der = Uint8Array.from(atob((text ?? '').replace(/\s/g, '')), (one) => one.charCodeAt(0))
    const key = await crypto.subtle.importKey('spki', der, { name: 'Ed25519' }, false, ['verify'])
    // The key's 32 bytes are the end of its SubjectPublicKeyInfo (RFC 8410 §4).
    return { id: (await sha256(der.slice(-32))).slice(0, 16), key }
  } catch {
    throw new BadKey()
  }
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  let text = ''
  for (const byte of new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))) text += digits[byte]
  return text
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

async function isSignatureRight({ key }: PublicKey, text: string, sig: string): Promise<boolean> {
  const signed = partBefore(text, 'sig', sig)
  if (signed === undefined || !/^[A-Za-z0-9+/]{86}==$/.test(sig)) return false
  const bytes = Uint8Array.from(atob(sig), (one) => one.charCodeAt(0))
  // One signature has one spelling, so that no character of a line can be changed.
  if (btoa(String.fromCharCode(...bytes)) !== sig) return false
  return crypto.subtle.verify({ name: 'Ed25519' }, key, bytes, encoder.encode(signed))
}

async function examine(bytes: Uint8Array<ArrayBuffer>, publicKey: PublicKey): Promise<Examined> {
  const text = decoder.decode(bytes)
  const link: Link | undefined = parseLink(text)
  const sig = link?.sig
  const [hash, isSigned] = await Promise.all([
    sha256(bytes),
    sig === undefined ? undefined : isSignatureRight(publicKey, text, sig),
  ])
  return { size: bytes.length, text, link, hash, isSigned }
}

/** A file, as far as checking needs it. */
export type Source = Pick<File, 'name' | 'size' | 'stream'>

type Options = {
  readonly publicKey: PublicKey
  /** A head seen earlier, which the log must reach. */
  readonly head?: Pick<Head, 'segment' | 'seq' | 'hash'> | undefined
  /** Told of bytes that were checked. */
  readonly progress?: (done: number) => void
  readonly signal?: AbortSignal
}

/** Longer lines are none of a log: a request's body is bounded far below. */
const maxLineBytes = 128 * 1024 * 1024
/** Lines that are examined together. */
const batch = 500

/**
 * Checks log files, from the oldest to the newest, in the browser and without reading them into memory: what
 * `coffer audit verify` does.
 *
 * @throws the reason of the signal; the error of a file that cannot be read
 */
export async function checkFiles(files: readonly Source[], options: Options): Promise<Verification> {
  const { publicKey, head, progress, signal } = options
  const checker = createChecker({ keyId: publicKey.id, head })
  let done = 0
  let waiting: Uint8Array<ArrayBuffer>[] = []
  const settle = async () => {
    const lines = waiting
    waiting = []
    for (const one of await Promise.all(lines.map((bytes) => examine(bytes, publicKey)))) checker.line(one)
  }
  for (const file of files) {
    checker.file(file.name)
    let rest: Uint8Array<ArrayBuffer>[] = []
    let length = 0
    const reader = file.stream().getReader()
    try {
      for (let { value } = await reader.read(); value !== undefined; { value } = await reader.read()) {
        signal?.throwIfAborted()
        let from = 0
        for (let end = value.indexOf(0x0a); end >= 0; end = value.indexOf(0x0a, from)) {
          if (length > maxLineBytes) {
            await settle()
            checker.overlong()
          } else waiting.push(joined([...rest, value.subarray(from, end)]))
          rest = []
          length = 0
          from = end + 1
          if (waiting.length >= batch) await settle()
        }
        length += value.length - from
        if (length > maxLineBytes) rest = []
        else if (from < value.length) rest.push(value.slice(from))
        await settle()
        done += value.length
        progress?.(done)
      }
    } finally {
      await reader.cancel().catch(() => {})
    }
    if (length > 0) checker.unfinished(length)
  }
  return checker.result()
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
