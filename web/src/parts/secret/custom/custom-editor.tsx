import { ActionIcon, Button, Stack, Text, TextInput, Title, Tooltip } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTexts } from '../../../texts/texts.ts'
import classes from './custom.module.css'
import { type Line, type LineFault, mostLines, nameLimit, newLine, valueLimit } from './custom.ts'

type Props = {
  readonly lines: readonly Line[]
  readonly change: (lines: readonly Line[]) => void
  readonly faults: ReadonlyMap<number, LineFault>
}

/** The custom metadata of a secret as it is written. */
export function CustomEditor({ lines, change, faults }: Props) {
  const { custom, secret } = useTexts()
  const texts: Record<LineFault, string> = {
    missing: secret.fieldMissing,
    twice: secret.fieldTwice,
    'no-value': custom.noValue,
    'long-name': custom.long(nameLimit),
    'long-value': custom.long(valueLimit),
    unprintable: custom.unprintable,
  }
  const isOfValue = (fault: LineFault) => fault === 'no-value' || fault === 'long-value'
  return (
    <section aria-label={custom.title}>
      <Stack gap="xs">
        <div>
          <Title order={3} size="h6">
            {custom.title}
          </Title>
          <Text size="xs" c="dimmed">
            {custom.hint}
          </Text>
        </div>
        {lines.map((line, index) => {
          const fault = faults.get(line.id)
          const edit = (changed: Partial<Line>) =>
            change(lines.map((one) => (one.id === line.id ? { ...one, ...changed } : one)))
          const label = line.name || String(index + 1)
          return (
            <div key={line.id} className={classes.edited}>
              <TextInput
                aria-label={custom.number(index + 1)}
                placeholder={custom.name}
                autoComplete="off"
                spellCheck={false}
                value={line.name}
                onChange={({ currentTarget }) => edit({ name: currentTarget.value })}
                error={fault !== undefined && !isOfValue(fault) ? texts[fault] : undefined}
              />
              <TextInput
                aria-label={custom.value(label)}
                placeholder={secret.anyValue}
                autoComplete="off"
                value={line.value}
                onChange={({ currentTarget }) => edit({ value: currentTarget.value })}
                error={fault !== undefined && isOfValue(fault) ? texts[fault] : undefined}
              />
              <Tooltip label={secret.remove(label)}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={36}
                  aria-label={custom.remove(label)}
                  onClick={() => change(lines.filter(({ id }) => id !== line.id))}
                >
                  <IconTrash size={18} aria-hidden />
                </ActionIcon>
              </Tooltip>
            </div>
          )
        })}
        <Button
          variant="subtle"
          size="compact-md"
          w="fit-content"
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={lines.length >= mostLines}
          onClick={() => change([...lines, newLine()])}
        >
          {custom.add}
        </Button>
      </Stack>
    </section>
  )
}
