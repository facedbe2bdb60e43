import { fail } from '../../base/errors.ts'
import { areRightShares, type KeeperHost, requireSeal, shareCounts, wrongShares } from './host.ts'
import { rootTokenLength } from './options.ts'
import { addOnce, checkNonce } from './rekey.ts'
import { checkShareLength, createShareCollector, parseShare, type ShareCollector } from './shares.ts'
import { encodeToken } from './token-coding.ts'

/** As in `sys/generate-root/attempt`. */
export type GenerateRootStatus = {
  nonce: string
  started: boolean
  progress: number
  required: number
  complete: boolean
  encoded_token: string
  encoded_root_token: string
  pgp_fingerprint: ''
  otp: string
  otp_length: number
}

/**
 * Makes a root token for people who together hold enough shares. The token leaves the server XORed with a
 * one-time password, so that whoever gives the last share does not see it. Progress is kept on this node
 * alone.
 */
export type GenerateRoot = {
  /** @throws sealed (as all of these) */
  status(): Promise<GenerateRootStatus>
  /** @param otp the one-time password; made here, and shown in this answer alone, when it is empty */
  start(otp: string): Promise<GenerateRootStatus>
  update(share: string, nonce: string): Promise<GenerateRootStatus>
  cancel(): Promise<void>
  /** Forgets everything, when the node is sealed. */
  clear(): void
}

type Attempt = { readonly nonce: string; readonly otp: string; readonly given: ShareCollector }

export function createGenerateRoot(host: KeeperHost): GenerateRoot {
  const { random, makeRootToken } = host.options
  let attempt: Attempt | undefined

  function clear(): void {
    attempt?.given.clear()
    attempt = undefined
  }

  async function status(): Promise<GenerateRootStatus> {
    host.barrier()
    const { row } = await requireSeal(host.options)
    return {
      nonce: attempt?.nonce ?? '',
      started: attempt !== undefined,
      progress: attempt?.given.progress ?? 0,
      required: shareCounts(row).threshold,
      complete: false,
      encoded_token: '',
      encoded_root_token: '',
      pgp_fingerprint: '',
      otp: '',
      otp_length: rootTokenLength,
    }
  }

  return {
    status,
    clear,
    async start(otp) {
      host.barrier()
      if (otp !== '' && Buffer.byteLength(otp) !== rootTokenLength) {
        fail('invalid_request', 'OTP string has incorrect length')
      }
      const { threshold } = shareCounts((await requireSeal(host.options)).row)
      if (threshold === 0) fail('invalid_request', 'nobody holds shares of a recovery key: there is none')
      if (attempt !== undefined) fail('invalid_request', 'root generation already in progress')
      const made = otp === '' ? random.base62(rootTokenLength) : ''
      attempt = { nonce: random.uuid(), otp: otp || made, given: createShareCollector() }
      return { ...(await status()), otp: made }
    },
    async update(text, nonce) {
      const share = parseShare(text)
      host.barrier()
      checkShareLength(share, 'invalid key: ')
      const stored = await requireSeal(host.options)
      if (attempt === undefined) fail('invalid_request', 'no root generation in progress')
      const { otp, given } = attempt
      checkNonce(nonce, attempt.nonce, 'root generation')
      addOnce(given, share, 'generation')
      const required = shareCounts(stored.row).threshold
      if (given.progress < required) return status()
      if (!(await given.spend((shares) => areRightShares(host, stored, shares)))) {
        fail(
          'invalid_request',
          `root generation aborted: unable to authenticate: unable to retrieve stored keys: ${wrongShares}`,
        )
      }
      const encoded = encodeToken(await makeRootToken(), otp)
      clear()
      return {
        nonce,
        started: true,
        progress: required,
        required,
        complete: true,
        encoded_token: encoded,
        encoded_root_token: encoded,
        pgp_fingerprint: '',
        otp: '',
        otp_length: 0,
      }
    },
    async cancel() {
      host.barrier()
      clear()
    },
  }
}
