import { useTexts } from '../../../texts/texts.ts'
import { useCopy } from '../../hand-over/use-copy.ts'
import { useToast } from '../../toasts/context.ts'

/** Copies the code of now of an address, never the address. */
export function useCopyCode(): (address: string) => Promise<void> {
  const { totp } = useTexts()
  const copy = useCopy()
  const say = useToast()
  return async (address) => {
    const { readTotp } = await import('./totp.ts')
    const read = readTotp(address)
    if ('fault' in read) say({ text: totp.copyFailed, tone: 'bad' })
    else await copy(read.totp.codeAt(Date.now()))
  }
}
