import { useTexts } from '../../texts/texts.ts'
import { useToast } from '../toasts/context.ts'

/** Seconds that something secret stays in the clipboard. */
const kept = 45

let pending: ReturnType<typeof setTimeout> | undefined

/** Copies something secret, and takes it back after a while. */
export function useCopy(): (value: string) => Promise<void> {
  const { secret: texts } = useTexts()
  const say = useToast()
  return async (value) => {
    try {
      await navigator.clipboard.writeText(value)
    } catch {
      say({ text: texts.notCopied, tone: 'bad' })
      return
    }
    say({ text: texts.copied(kept) })
    clearTimeout(pending)
    pending = setTimeout(() => clear(), kept * 1000)
  }

  function clear(): void {
    navigator.clipboard.writeText('').then(
      () => say({ text: texts.cleared }),
      // A page in the background may not write; it does when it is looked at again.
      () => window.addEventListener('focus', clear, { once: true }),
    )
  }
}
