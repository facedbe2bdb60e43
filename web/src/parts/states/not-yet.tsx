import { Button } from '@mantine/core'
import { IconFilterOff } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import { State } from './state.tsx'

type Props = { readonly more: (() => void) | undefined; readonly isLooking: boolean }

/** A search that found nothing in what it looked at, and can go on. */
export function NotYet({ more, isLooking }: Props) {
  const { only, find } = useTexts()
  return (
    <State icon={IconFilterOff} title={only.notYet} text={only.notYetText}>
      <Button variant="default" loading={isLooking} onClick={more}>
        {find.goOn}
      </Button>
    </State>
  )
}
