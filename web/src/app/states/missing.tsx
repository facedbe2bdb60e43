import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { LinkTo } from '../../parts/link-to.tsx'
import { State } from '../../parts/states/state.tsx'
import { useTexts } from '../../texts/texts.ts'

/** An address that no view has. */
export function Missing() {
  const { notFound } = useTexts()
  return (
    <State isPage icon={IconMapOff} title={notFound.title} text={notFound.text}>
      <Button component={LinkTo} to="/space">
        {notFound.home}
      </Button>
    </State>
  )
}
