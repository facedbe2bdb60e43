import { createHash, createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'

/** What a device's chain is made with. All of it comes from the barrier, so nobody else can make such lines. */
export type ChainKeys = {
  /** HMAC-SHA-256, one for each device. */
  readonly mac: KeyObject
  /** Ed25519, one for the cluster. */
  readonly sign: KeyObject
  readonly public: KeyObject
  /** Names the public key: the first 16 hex digits of the SHA-256 of its 32 bytes. */
  readonly keyId: string
}

/** An Ed25519 private key in PKCS #8 is this and its 32 bytes (RFC 8410 §7). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * @param derive the barrier's: 32 bytes for a purpose, stable for the life of the cluster
 * @param device the device's UUID
 */
export function chainKeys(derive: (purpose: string) => Buffer, device: string): ChainKeys {
  const bytes = derive(`audit/chain/${device}`)
  const mac = createSecretKey(bytes)
  bytes.fill(0)
  return { mac, ...checkpointKey(derive) }
}

/** The cluster's key pair for checkpoints: whoever checks logs needs one public key, for all of them. */
export function checkpointKey(derive: (purpose: string) => Buffer): Omit<ChainKeys, 'mac'> {
  const seed = derive('audit/checkpoint')
  const pkcs8 = Buffer.concat([pkcs8Head, seed])
  const sign = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  seed.fill(0)
  pkcs8.fill(0)
  const publicKey = createPublicKey(sign)
  return { sign, public: publicKey, keyId: keyId(publicKey) }
}

/** @param key an Ed25519 public key */
export function keyId(key: KeyObject): string {
  // The key's 32 bytes are the end of its SubjectPublicKeyInfo (RFC 8410 §4).
  const bytes = key.export({ format: 'der', type: 'spki' }).subarray(-32)
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

/** The public key as PEM, as `coffer audit verify --public-key` reads it. */
export function publicKeyPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'spki' }).toString()
}
