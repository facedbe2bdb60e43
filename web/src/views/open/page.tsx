import { IconLinkOff } from '@tabler/icons-react'
import { useLocation } from '@tanstack/react-router'
import { Lone } from '../../parts/lone/lone.tsx'
import { State } from '../../parts/states/state.tsx'
import { useTexts } from '../../texts/texts.ts'
import { OneTime } from './one-time.tsx'

/** Where a one-time link leads, also without a login. Nothing is opened before somebody says so. */
export default function OpenPage() {
  const { opened } = useTexts()
  const token = useLocation({ select: ({ hash }) => hash })
  return (
    <Lone title={opened.heading} lead={opened.lead} isWide>
      {/^[\w.-]+$/.test(token) ? (
        <OneTime key={token} token={token} />
      ) : (
        <State icon={IconLinkOff} title={opened.none} text={opened.noneText} role="alert" />
      )}
    </Lone>
  )
}
