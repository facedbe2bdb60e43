import { Button, Stack } from '@mantine/core'
import { IconTerminal2 } from '@tabler/icons-react'
import { useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import type { Action } from './action.ts'
import { CommandLines } from './command-lines.tsx'

type Props = {
  /** Asked only once it is to be seen; undefined while there is nothing that could be run. */
  readonly of: () => Action | undefined
}

/** How to do without the page what it does here: a button that opens the lines of `coffer` and `curl`. */
export function Command({ of }: Props) {
  const { command } = useTexts()
  const [opened, setOpened] = useState(false)
  const action = opened ? of() : undefined
  return (
    <Stack gap="xs" align="stretch">
      <div>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          ms={-8}
          leftSection={<IconTerminal2 size={16} aria-hidden />}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          {opened ? command.hide : command.show}
        </Button>
      </div>
      {action !== undefined && <CommandLines action={action} />}
    </Stack>
  )
}
