import { kindOf } from '../keys/types.ts'
import type { Job } from '../operations/job.ts'

/** Microseconds that the main thread may spend on one request before the work goes to another. */
const mainThreadMay = 2000
/** Microseconds that one request may take of a thread: others wait for it. */
const threadMay = 10_000_000

/** Where a job is done: here, in a thread, so that this one answers others meanwhile, or nowhere. */
export type Place = 'here' | 'thread' | 'refused'

export function placeFor(job: Job): Place {
  const cost = costOf(job)
  if (cost > threadMay) return 'refused'
  return cost > mainThreadMay ? 'thread' : 'here'
}

const texts = ['plaintext', 'ciphertext', 'associated_data', 'input', 'signature', 'hmac'] as const
/** Characters of base64 in a microsecond; of a context, which is hashed in JavaScript, and twice to encrypt anew. */
const textPace = 300
const contextPace = 100
const lengthOf = (text: string | undefined) => text?.length ?? 0

/** Microseconds, roughly, on one core; measured on the machines that tests run on, and rounded up. */
function costOf(job: Job): number {
  let cost = job.items.length * itemCost(job)
  for (const { context, ...item } of job.items) {
    cost += lengthOf(context) / contextPace
    for (const name of texts) cost += lengthOf(item[name]) / textPace
  }
  return cost
}

/** A signature of a digest is made in JavaScript; to check one takes four times as long. */
const digestCosts = { 'P-256': 600, 'P-384': 900, 'P-521': 1600 } as const

function itemCost({ operation, key, ...job }: Job): number {
  const kind = kindOf(key.type)
  if (operation === 'hmac' || operation === 'verify-hmac') return 10
  const makes = operation === 'sign' || operation === 'decrypt' || operation === 'rewrap'
  const prehashed = 'options' in job && 'prehashed' in job.options && job.options.prehashed
  switch (kind.family) {
    case 'rsa':
      return makes ? ({ 2048: 800, 3072: 2400, 4096: 5000 }[kind.bits] ?? 5000) : 100
    case 'ecdsa':
      if (prehashed) return digestCosts[kind.curve] * (makes ? 1 : 4)
      return kind.curve === 'P-256' ? 100 : 1500
    case 'ed25519':
      return key.derived ? 300 : 100
    default:
      return key.derived ? 40 : 15
  }
}
