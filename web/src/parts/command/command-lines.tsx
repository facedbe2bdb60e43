import { Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import type { Action } from './action.ts'
import { CodeText } from './code-text.tsx'
import { linesOf, type Tool } from './lines.ts'

const tools = ['coffer', 'curl'] as const satisfies readonly Tool[]

/** The lines of an action. */
export function CommandLines({ action }: { readonly action: Action }) {
  const { command } = useTexts()
  const [tool, setTool] = useState<Tool>('coffer')
  const { text, files } = linesOf(action, tool, location.origin)
  return (
    <Paper component="section" aria-label={command.label} p="sm" radius="md" withBorder>
      <Stack gap="xs">
        <Group justify="space-between">
          <SegmentedControl
            size="xs"
            aria-label={command.tool}
            value={tool}
            onChange={setTool}
            data={[...tools]}
          />
        </Group>
        <CodeText text={text} copyLabel={command.copy} />
        {files.map(({ name, text: content }) => (
          <Stack key={name} gap={4}>
            <Text size="sm">{command.file(name)}</Text>
            <CodeText text={content} copyLabel={command.copyFile(name)} />
          </Stack>
        ))}
        <Text size="xs" c="dimmed">
          {command.hint[tool]} {files.length > 0 ? command.gaps : text.includes('=-') && command.asks}
        </Text>
      </Stack>
    </Paper>
  )
}
