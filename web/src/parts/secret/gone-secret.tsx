import { Button } from '@mantine/core'
import { IconSearchOff } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import { State } from '../states/state.tsx'

/** A secret that was named and is not there. */
export function GoneSecret({ back, label }: { readonly back: () => void; readonly label: string }) {
  const { secret } = useTexts()
  return (
    <State icon={IconSearchOff} title={secret.gone} text={secret.goneText}>
      <Button variant="default" onClick={back}>
        {label}
      </Button>
    </State>
  )
}
