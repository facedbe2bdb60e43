import { useTexts } from '../../texts/texts.ts'
import { deedsOf } from './can.ts'

/** What capabilities come to, in words: "read and change"; empty where they come to nothing. */
export function useDeeds(): (capabilities: readonly string[]) => string {
  const { code, access } = useTexts()
  return (capabilities) =>
    new Intl.ListFormat(code, { type: 'conjunction' }).format(
      deedsOf(capabilities).map((deed) => access.deeds[deed]),
    )
}
