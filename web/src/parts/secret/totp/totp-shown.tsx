import { useMemo } from 'react'
import Code from './code.tsx'
import { readTotp } from './totp.ts'

/** The code that an address makes now. With the library that makes it, so loaded when a code is to be seen. */
export default function TotpShown({ address }: { readonly address: string }) {
  const read = useMemo(() => readTotp(address), [address])
  return <Code read={read} />
}
