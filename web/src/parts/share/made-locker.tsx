import { Button, Group, NativeSelect, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { Locker } from '../../api/sharing.ts'
import { useTexts } from '../../texts/texts.ts'
import { relativeTime } from '../../texts/times.ts'
import { FieldRow } from '../secret/field-row.tsx'
import { CommandBlock } from './command-block.tsx'
import { commandsFor, type Tool } from './commands.ts'

type Props = {
  readonly locker: Locker
  readonly done: { readonly label: string; readonly run: () => void }
}

const tools: readonly { readonly value: Tool; readonly label: string }[] = [
  { value: 'coffer', label: 'coffer' },
  { value: 'curl', label: 'curl' },
  { value: 'fedcloud', label: 'fedcloud' },
  { value: 'github', label: 'GitHub Actions' },
  { value: 'kubernetes', label: 'Kubernetes' },
]

/** A locker, the one time that its token can be copied, and the commands that open it. */
export function MadeLocker({ locker, done }: Props) {
  const texts = useTexts()
  const { share } = texts
  const [shown, setShown] = useState(false)
  const [tool, setTool] = useState<Tool>('coffer')
  const commands = commandsFor(locker, location.origin)
  return (
    <Stack>
      <div role="status">
        <Title order={2} size="h5">
          {share.lockerMade}
        </Title>
        <Text size="sm">
          {share.lockerMadeText(relativeTime(texts, locker.ends, Date.now()), locker.uses)}
        </Text>
      </div>
      <Stack component="dl" gap={0} m={0}>
        <FieldRow
          name={share.lockerToken}
          value={locker.token}
          shown={shown}
          toggle={() => setShown(!shown)}
        />
      </Stack>
      <NativeSelect
        label={share.commands}
        data={[...tools]}
        value={tool}
        onChange={({ currentTarget }) =>
          setTool(tools.find(({ value }) => value === currentTarget.value)?.value ?? 'coffer')
        }
      />
      <CommandBlock text={commands[tool]} secret={locker.token} shown={shown} />
      <Group justify="flex-end">
        <Button onClick={done.run}>{done.label}</Button>
      </Group>
    </Stack>
  )
}
