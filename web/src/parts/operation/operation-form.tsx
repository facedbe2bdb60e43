import { Button, Group, Stack, Text } from '@mantine/core'
import { IconSend2 } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Operation } from '../../api/description/operations.ts'
import { send } from '../../api/description/send.ts'
import type { Sent } from '../../api/description/sent.ts'
import { useTexts } from '../../texts/texts.ts'
import { Command } from '../command/command.tsx'
import { Confirm } from '../confirm.tsx'
import { ShapeForm } from '../shape-form/shape-form.tsx'
import { actionOf } from './action.ts'
import { AnswerShown } from './answer-shown.tsx'
import { ServerSaid } from './server-said.tsx'
import { useForm } from './use-form.ts'

/** An operation of the API: what it takes, and what came of it. */
export function OperationForm({ operation }: { readonly operation: Operation }) {
  const { operation: words } = useTexts()
  const queries = useQueryClient()
  const form = useForm(operation, { openHint: words.openBody })
  const [tried, setTried] = useState(false)
  const [asking, setAsking] = useState(false)
  const { fields, sent } = form
  const { method } = operation
  const run = useMutation({
    mutationFn: (what: Sent) => send(operation, what),
    onSuccess: () => {
      if (method !== 'GET' && method !== 'LIST') void queries.invalidateQueries()
    },
    gcTime: 0,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (sent === undefined) return
    if (method === 'DELETE') setAsking(true)
    else run.mutate(sent)
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {fields.path.length > 0 && (
          <ShapeForm fields={fields.path} draft={form.path} change={form.changePath} tried={tried} />
        )}
        <ShapeForm fields={fields.others} draft={form.others} change={form.changeOthers} tried={tried} />
        {fields.path.length + fields.others.length === 0 && (
          <Text size="sm" c="dimmed">
            {words.nothingToFill}
          </Text>
        )}
        {sent !== undefined && <Command of={() => actionOf(operation, sent)} />}
        <Group>
          <Button
            type="submit"
            {...(method === 'DELETE' && { color: 'red' })}
            loading={run.isPending}
            leftSection={<IconSend2 size={18} aria-hidden className="flips" />}
          >
            {words.send}
          </Button>
        </Group>
        {run.error !== null && <ServerSaid error={run.error} />}
        {run.data !== undefined && <AnswerShown operation={operation} answer={run.data} />}
      </Stack>
      <Confirm
        opened={asking}
        close={() => setAsking(false)}
        title={words.deleteTitle}
        action={words.send}
        command={() => sent && actionOf(operation, sent)}
        run={async () => sent !== undefined && run.mutate(sent)}
      >
        <Text>{words.deleteText}</Text>
      </Confirm>
    </form>
  )
}
