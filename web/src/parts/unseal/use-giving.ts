import { useState } from 'react'
import { type Given, giveShare, resetShares, type SealStatus } from '../../api/seal.ts'

/**
 * Gives shares to the server. Not a mutation of the query library, which keeps what it was called with: a share is
 * kept nowhere once it was answered.
 */
export function useGiving(status: SealStatus, changed: (status: SealStatus) => void) {
  const [isBusy, setBusy] = useState(false)
  const [told, setTold] = useState<Given['kind']>()
  const [error, setError] = useState<unknown>()

  async function run(work: () => Promise<{ readonly kind?: Given['kind']; readonly status: SealStatus }>) {
    setBusy(true)
    setTold(undefined)
    setError(undefined)
    try {
      const { kind, status: next } = await work()
      setTold(kind)
      changed(next)
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }

  return {
    isBusy,
    told,
    error,
    give: (share: string) => run(() => giveShare(share, status)),
    reset: () => run(async () => ({ status: await resetShares() })),
  }
}
