import { isFailure } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import type { Random } from '../../../base/random.ts'
import { decrypt, encrypt, rewrap } from './encryption.ts'
import { hmacItem, verifyHmacItem } from './hmac.ts'
import type { Item, Job, Outcome } from './job.ts'
import { signItem, verifyItem } from './signing.ts'

/** Does a job item by item; what is wrong with one does not touch the others. */
export function runJob(job: Job, random: Random): Outcome[] {
  const work = workOf(job, random)
  return job.items.map((item, index) => {
    try {
      return { data: work(item, index) }
    } catch (error) {
      if (isFailure(error, 'invalid_request')) return { error: error.message }
      throw error
    }
  })
}

function workOf(job: Job, random: Random): (item: Item, index: number) => JsonObject {
  const { key } = job
  switch (job.operation) {
    case 'encrypt':
      return (item, index) => encrypt(key, item, index, random)
    case 'decrypt':
      return (item, index) => decrypt(key, item, index)
    case 'rewrap':
      return (item, index) => rewrap(key, item, index, random)
    case 'sign':
      return (item) => signItem(key, item, job.options, random)
    case 'verify':
      return (item) => verifyItem(key, item, job.options)
    case 'hmac':
      return (item) => hmacItem(key, item, job.options)
    case 'verify-hmac':
      return (item) => verifyHmacItem(key, item, job.options)
  }
}
