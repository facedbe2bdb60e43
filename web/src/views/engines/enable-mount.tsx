import { NativeSelect, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { useOperations } from '../../api/description/use-operations.ts'
import { enableMount, mountRoute, type Table, useMountTypes } from '../../api/mounts.ts'
import { Command } from '../../parts/command/command.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormEnd } from '../../parts/form-end.tsx'
import { ServerSaid } from '../../parts/operation/server-said.tsx'
import { type Draft, draftOf, faultOf, valuesOf } from '../../parts/shape-form/draft.ts'
import { ShapeForm } from '../../parts/shape-form/shape-form.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = {
  readonly table: Table
  readonly opened: boolean
  readonly close: () => void
  /** @param path with a slash at its end */
  readonly done: (path: string) => void
}

/** Mounts a secrets engine or an auth method. */
export function EnableMount({ opened, close, ...others }: Props) {
  const { engines } = useTexts()
  return (
    <Dialog opened={opened} close={close} title={engines.enable[others.table]}>
      <EnableForm cancel={close} {...others} />
    </Dialog>
  )
}

type FormProps = Pick<Props, 'table' | 'done'> & { readonly cancel: () => void }

/** The rest is set when it is there. */
const atFirst = new Set(['description', 'options'])

function EnableForm({ table, done, cancel }: FormProps) {
  const { engines } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const { data: types = [] } = useMountTypes(table)
  const { data: operations = [] } = useOperations()
  const route = mountRoute(table, '{path}')
  const operation = operations.find(({ method, path }) => method === 'POST' && path === route)
  const fields = operation?.body.filter(({ name }) => atFirst.has(name)) ?? []
  const [typed, setType] = useState<string>()
  const [named, setPath] = useState<string>()
  const [changed, setDraft] = useState<Draft>()
  const [tried, setTried] = useState(false)
  const type = typed ?? types[0]?.name ?? ''
  const path = named ?? type
  // One that keeps versions, unless somebody wants another.
  const draft = changed ?? { ...draftOf(fields), ...(type === 'kv' && { options: 'version=2' }) }
  const body: JsonObject = { type, ...valuesOf(fields, draft) }
  const isWhole =
    type !== '' &&
    path.replaceAll('/', '') !== '' &&
    fields.every((field) => faultOf(field, draft[field.name] ?? '') === undefined)
  const enable = useMutation({
    mutationFn: () => enableMount(table, path, body),
    onSuccess: async () => {
      say({ text: engines.enabled(path) })
      await queries.invalidateQueries()
      done(`${path.replace(/^\/+|\/+$/g, '')}/`)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (isWhole) enable.mutate()
  }
  const typeInput = { label: engines.type, required: true, value: type, 'data-autofocus': true }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {types.length > 0 ? (
          <NativeSelect
            {...typeInput}
            data={types.map(({ name }) => name)}
            onChange={({ currentTarget }) => setType(currentTarget.value)}
          />
        ) : (
          <TextInput
            {...typeInput}
            autoComplete="off"
            error={tried && type === '' ? engines.typeMissing : undefined}
            onChange={({ currentTarget }) => setType(currentTarget.value)}
          />
        )}
        <TextInput
          label={engines.path}
          description={engines.pathHint[table]}
          required
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={path}
          error={tried && path.replaceAll('/', '') === '' ? engines.pathMissing : undefined}
          onChange={({ currentTarget }) => setPath(currentTarget.value)}
        />
        <ShapeForm fields={fields} draft={draft} change={setDraft} tried={tried} />
        {isWhole && (
          <Command of={() => ({ request: { method: 'POST', path: mountRoute(table, path), body } })} />
        )}
        {enable.error !== null && <ServerSaid error={enable.error} />}
        <FormEnd cancel={cancel} action={engines.enableAction} isBusy={enable.isPending} />
      </Stack>
    </form>
  )
}
