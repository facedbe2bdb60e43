import { useEffect, useState } from 'react'
import type { JsonObject } from '../../../../../src/base/json/json.ts'
import { isSealed, type Opened, openSecret } from '../../../crypt/sealed.ts'

type Tried = { readonly data: JsonObject; readonly passphrase: string; readonly outcome: Opened }

/**
 * What a passphrase makes of an encrypted secret; undefined without one, and until it is known. The clear values are
 * in memory for as long as the passphrase is given.
 */
export function useOpened(data: JsonObject | undefined, passphrase: string | undefined): Opened | undefined {
  const [tried, setTried] = useState<Tried>()
  useEffect(() => {
    if (data === undefined || passphrase === undefined || !isSealed(data)) return setTried(undefined)
    let current = true
    void openSecret(data, passphrase).then((outcome) => {
      if (current) setTried({ data, passphrase, outcome })
    })
    return () => {
      current = false
    }
  }, [data, passphrase])
  // What was made of another state of the secret is not shown as this one.
  return tried?.data === data && tried?.passphrase === passphrase ? tried?.outcome : undefined
}
