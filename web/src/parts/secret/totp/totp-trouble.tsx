import { Text } from '@mantine/core'
import { useTexts } from '../../../texts/texts.ts'
import type { TotpFault } from './totp.ts'

/** Why there is no code. */
export function TotpTrouble({ fault }: { readonly fault: TotpFault }) {
  const { totp } = useTexts()
  const texts: Record<TotpFault, string> = {
    address: totp.badAddress,
    counter: totp.counter,
    secret: totp.badSecret,
    settings: totp.badSettings,
  }
  return (
    <Text size="sm" c="red" component="span" role="alert">
      {texts[fault]}
    </Text>
  )
}
