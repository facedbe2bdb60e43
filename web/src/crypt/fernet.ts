/** The key of Fernet tokens: one half signs, the other encrypts. */
export type FernetKey = { readonly sign: CryptoKey; readonly encrypt: CryptoKey }

/** What is random or of the moment in a token. */
export type Fresh = {
  /** Seconds since 1970. */
  readonly time: number
  /** 16 bytes. */
  readonly iv: Bytes
}

/** Bytes as WebCrypto takes them: never of memory that is shared. */
export type Bytes = Uint8Array<ArrayBuffer>

const version = 0x80
/** Version and time. */
const prefix = 1 + 8
const block = 16
const tag = 32
const head = prefix + block

/** The characters of a token, at most: more than a server takes as one secret. */
const tokenLimit = 16_000_000

/** @param key 32 bytes */
export async function fernetKey(key: Bytes): Promise<FernetKey> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const [sign, encrypt] = await Promise.all([
    crypto.subtle.importKey('raw', key.subarray(0, 16), hmac, false, ['sign', 'verify']),
    crypto.subtle.importKey('raw', key.subarray(16, 32), 'AES-CBC', false, ['encrypt', 'decrypt']),
  ])
  return { sign, encrypt }
}

/** Encrypts bytes into a token as Fernet describes it: AES-128-CBC, then HMAC-SHA-256 over all before it. */
export async function encryptToken(
  { sign, encrypt }: FernetKey,
  clear: Bytes,
  fresh: Fresh,
): Promise<string> {
  const hidden = await crypto.subtle.encrypt({ name: 'AES-CBC', iv: fresh.iv }, encrypt, clear)
  const bytes = new Uint8Array(head + hidden.byteLength + tag)
  bytes[0] = version
  new DataView(bytes.buffer).setBigUint64(1, BigInt(fresh.time))
  bytes.set(fresh.iv, prefix)
  bytes.set(new Uint8Array(hidden), head)
  const signed = bytes.subarray(0, -tag)
  bytes.set(new Uint8Array(await crypto.subtle.sign('HMAC', sign, signed)), signed.length)
  return bytes.toBase64({ alphabet: 'base64url' })
}

/**
 * Decrypts a token, nothing of which is used before its signature is found to be right. Its time is not looked at:
 * what is stored does not end.
 *
 * @returns undefined for what is no token, or is none of this key
 */
export async function decryptToken({ sign, encrypt }: FernetKey, token: string): Promise<Bytes | undefined> {
  const bytes = tokenBytes(token)
  if (bytes === undefined) return undefined
  const signed = bytes.subarray(0, -tag)
  if (!(await crypto.subtle.verify('HMAC', sign, bytes.subarray(-tag), signed))) return undefined
  const iv = signed.subarray(prefix, head)
  try {
    const clear = await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, encrypt, signed.subarray(head))
    return new Uint8Array(clear)
  } catch {
    // Signed by this key, but with padding that nobody makes.
    return undefined
  }
}

/** The bytes of what has the shape of a token. */
function tokenBytes(token: string): Bytes | undefined {
  if (token.length > tokenLimit) return undefined
  const bytes = bytesOfBase64(token, 'base64url')
  const whole = bytes !== undefined && bytes.length >= head + block + tag
  return whole && bytes[0] === version && (bytes.length - head - tag) % block === 0 ? bytes : undefined
}

/** Bytes from base64 with its padding; undefined for anything else. */
export function bytesOfBase64(text: string, alphabet: 'base64' | 'base64url'): Bytes | undefined {
  try {
    return Uint8Array.fromBase64(text, { alphabet, lastChunkHandling: 'strict' })
  } catch {
    return undefined
  }
}
