import { kindOf } from '../keys/types.ts'
import type { Job } from '../operations/job.ts'

/** Microseconds that the main thread may spend on one request before the work goes to another. */
const mainThreadMay = 2000

/** Whether a job is done better beside the main thread, which answers others meanwhile. */
export const isLarge = (job: Job): boolean => costOf(job) > mainThreadMay

/** Microseconds, roughly, on one core; measured on the machines that tests run on, and rounded up. */
function costOf(job: Job): number {
  const perItem = itemCost(job)
  let cost = 0
  for (const { plaintext, ciphertext, input } of job.items) {
    const characters = (plaintext ?? ciphertext ?? input ?? '').length
    cost += perItem + characters / 300
    if (cost > mainThreadMay) break
  }
  return cost
}

function itemCost({ operation, key, ...job }: Job): number {
  const kind = kindOf(key.type)
  if (operation === 'hmac' || operation === 'verify-hmac') return 10
  const makes = operation === 'sign' || operation === 'decrypt' || operation === 'rewrap'
  const prehashed = 'options' in job && 'prehashed' in job.options && job.options.prehashed
  switch (kind.family) {
    case 'rsa':
      return makes ? ({ 2048: 800, 3072: 2400, 4096: 5000 }[kind.bits] ?? 5000) : 100
    case 'ecdsa':
      return (kind.curve === 'P-256' ? 100 : 1500) * (prehashed ? 5 : 1)
    case 'ed25519':
      return key.derived ? 300 : 100
    default:
      return key.derived ? 40 : 15
  }
}
