import { Text } from '@mantine/core'
import { IconClockX, IconEyeOff, IconLinkOff } from '@tabler/icons-react'
import { State } from '../../parts/states/state.tsx'
import { useTexts } from '../../texts/texts.ts'

/**
 * Why a one-time link does not open. The server forgets what was opened or ended, so only a page that saw the link
 * good before knows which it was.
 *
 * @param ends when it would have ended, milliseconds since 1970, where the link was good a while ago
 */
export function Closed({ ends }: { readonly ends?: number }) {
  const { opened } = useTexts()
  if (ends === undefined) {
    return (
      <State icon={IconLinkOff} title={opened.used} text={opened.usedText} role="alert">
        <Text size="sm" ta="center">
          {opened.usedHint}
        </Text>
      </State>
    )
  }
  if (Date.now() < ends) {
    return <State icon={IconEyeOff} title={opened.overtaken} text={opened.overtakenText} role="alert" />
  }
  return <State icon={IconClockX} title={opened.expired} text={opened.expiredText} role="alert" />
}
