import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import type { Answer } from '../../../../src/client/answer.ts'
import type { Field } from '../../api/description/fields.ts'
import type { Operation } from '../../api/description/operations.ts'
import { send } from '../../api/description/send.ts'
import type { Sent } from '../../api/description/sent.ts'
import { useTexts } from '../../texts/texts.ts'
import { Command } from '../command/command.tsx'
import { UnsavedGuard } from '../secret/unsaved-guard.tsx'
import { ShapeForm } from '../shape-form/shape-form.tsx'
import { useToast } from '../toasts/context.ts'
import { actionOf } from './action.ts'
import { ServerSaid } from './server-said.tsx'
import { useForm } from './use-form.ts'

type Props = {
  readonly operation: Operation
  readonly fields: readonly Field[]
  /** Values of parameters that are settled. */
  readonly given: Readonly<Record<string, string>>
  /** What is stored. */
  readonly current?: JsonObject | undefined
  readonly saved: string
  /** @param sent what it was written with */
  readonly done?: (sent: Sent) => void
  readonly cancel?: (() => void) | undefined
}

/** Something of a mount, to be written by a form of its own shape. */
export function WriteForm({ operation, fields, given, current, saved, done, cancel }: Props) {
  const { operation: words, common } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const form = useForm(operation, { given, fields, current, openHint: words.openBody })
  const [tried, setTried] = useState(false)
  const finished = useRef(false)
  const { sent } = form
  const write = useMutation({
    mutationFn: (what: Sent) => send(operation, what),
    onSuccess: async ({ warnings }: Answer, what) => {
      finished.current = done !== undefined
      form.settle()
      say({ text: [saved, ...warnings].join(' ') })
      done?.(what)
      await queries.invalidateQueries()
    },
    gcTime: 0,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (sent !== undefined) write.mutate(sent)
  }
  const hasSecrets = current !== undefined && fields.some(({ kind }) => kind === 'secret')
  return (
    <form onSubmit={submit} noValidate>
      <UnsavedGuard when={() => form.isChanged && !finished.current} />
      <Stack>
        {hasSecrets && (
          <Text size="sm" c="dimmed">
            {operation.keepsOthers ? words.secretsStay : words.secretsAgain}
          </Text>
        )}
        {form.fields.path.length > 0 && (
          <ShapeForm fields={form.fields.path} draft={form.path} change={form.changePath} tried={tried} />
        )}
        <ShapeForm fields={form.fields.others} draft={form.others} change={form.changeOthers} tried={tried} />
        {sent !== undefined && <Command of={() => actionOf(operation, sent)} />}
        {write.error !== null && <ServerSaid error={write.error} />}
        <Group justify="flex-end">
          {cancel !== undefined && (
            <Button variant="default" onClick={cancel}>
              {common.cancel}
            </Button>
          )}
          <Button type="submit" loading={write.isPending}>
            {common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
