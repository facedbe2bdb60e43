import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import classes from './administer.module.css'
import type { Pair } from './pairs.ts'

type Props = { readonly value: readonly Pair[]; readonly change: (value: readonly Pair[]) => void }

/** Texts to keep with something, by name. */
export function PairsInput({ value, change }: Props) {
  const { admin } = useTexts()
  const set = (at: number, changed: Partial<Pair>) =>
    change(value.map((pair, index) => (index === at ? { ...pair, ...changed } : pair)))
  return (
    <Stack gap="xs" role="group" aria-label={admin.metadata}>
      <Text size="sm" fw={500}>
        {admin.metadata}
      </Text>
      {value.map(({ id, name, text }, at) => (
        <div key={id} className={classes.pair}>
          <TextInput
            aria-label={admin.pairName(at + 1)}
            placeholder={admin.name}
            value={name}
            onChange={({ currentTarget }) => set(at, { name: currentTarget.value })}
          />
          <TextInput
            aria-label={admin.pairText(at + 1)}
            placeholder={admin.value}
            value={text}
            onChange={({ currentTarget }) => set(at, { text: currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={admin.pairRemove(at + 1)}
            onClick={() => change(value.filter((_, index) => index !== at))}
          >
            <IconTrash size={18} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Group>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => change([...value, { id: crypto.randomUUID(), name: '', text: '' }])}
        >
          {admin.pairAdd}
        </Button>
      </Group>
    </Stack>
  )
}
