import { Button, Group, Text } from '@mantine/core'
import { IconArrowMoveRight, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { MountRow } from '../../api/mounts.ts'
import { Section } from '../../parts/administer/section.tsx'
import { useTexts } from '../../texts/texts.ts'
import { DisableMount } from './disable-mount.tsx'
import { MoveMount } from './move-mount.tsx'

/** What reaches all that a mount holds. */
export function Ending({ mount }: { readonly mount: MountRow }) {
  const { engines } = useTexts()
  const [open, setOpen] = useState<'move' | 'disable'>()
  const close = () => setOpen(undefined)
  return (
    <Section title={engines.whole}>
      <Text size="sm" c="dimmed">
        {engines.wholeText}
      </Text>
      <Group>
        <Button
          variant="default"
          leftSection={<IconArrowMoveRight size={18} aria-hidden className="flips" />}
          onClick={() => setOpen('move')}
        >
          {engines.move}
        </Button>
        <Button
          variant="light"
          color="red"
          leftSection={<IconTrash size={18} aria-hidden />}
          onClick={() => setOpen('disable')}
        >
          {engines.disable}
        </Button>
      </Group>
      <MoveMount mount={mount} opened={open === 'move'} close={close} />
      <DisableMount mount={mount} opened={open === 'disable'} close={close} />
    </Section>
  )
}
