import { Button } from '@mantine/core'
import { IconFilterOff } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import { NotYet } from '../states/not-yet.tsx'
import { State } from '../states/state.tsx'

type Props = {
  /** Whether the list is narrowed to some. */
  readonly isNarrowed: boolean
  /** Looks further, where there is more. */
  readonly more: (() => void) | undefined
  readonly isLooking: boolean
  readonly clear: () => void
}

/** No name is so, of those that were looked at. */
export function NothingFound({ isNarrowed, more, isLooking, clear }: Props) {
  const { explorer, only } = useTexts()
  if (isNarrowed && (more !== undefined || isLooking)) {
    return <NotYet more={more} isLooking={isLooking} />
  }
  return (
    <State
      icon={IconFilterOff}
      title={isNarrowed ? only.none : explorer.noMatch}
      text={isNarrowed ? only.noneText : explorer.noMatchText}
    >
      <Button variant="default" onClick={clear}>
        {explorer.clearFilter}
      </Button>
    </State>
  )
}
