import { Button, Group, SegmentedControl, Stack, TextInput, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { Overtaken, readSecret, type Secret, writeSecret } from '../../api/secrets.ts'
import { sealSecret } from '../../crypt/sealed.ts'
import { useTexts } from '../../texts/texts.ts'
import { TroubleLine } from '../states/trouble-line.tsx'
import { useToast } from '../toasts/context.ts'
import { Conflict } from './conflict.tsx'
import { LockEditor } from './crypt/lock-editor.tsx'
import { type Lock, lockFaults } from './crypt/seal.ts'
import { FieldEditors } from './field-editors.tsx'
import { dataFromJson, dataOf, type Field, faultsIn, fieldsOf, isGoodName } from './fields.ts'
import { JsonEditor } from './json-editor.tsx'
import { UnsavedGuard } from './unsaved-guard.tsx'
import { WriteCommand } from './write-command.tsx'

type Props = {
  readonly title: string
  readonly folder: string
  /** Fixed, where the secret is there already. */
  readonly name: string | undefined
  readonly initial: readonly Field[]
  readonly base: Secret | null
  /** With which it is encrypted so far. */
  readonly passphrase: string | undefined
  /** `passphrase` is what it was encrypted with, if it was. */
  readonly stored: (name: string, passphrase: string | undefined) => Promise<void>
  readonly cancel: () => void
}

/** What a secret is written with, new or not. */
export function SecretForm(props: Props) {
  const { title, folder, name: given, initial, base, passphrase, stored, cancel } = props
  const texts = useTexts()
  const { secret } = texts
  const say = useToast()
  const [name, setName] = useState(given ?? '')
  const [fields, setFields] = useState(initial)
  /** The text of the JSON view while that is open. */
  const [json, setJson] = useState<string>()
  const [lock, setLock] = useState<Lock | undefined>(() =>
    passphrase === undefined ? undefined : { passphrase, repeated: passphrase },
  )
  const [tried, setTried] = useState(false)
  const finished = useRef(false)
  const lockChanged = lock?.passphrase !== passphrase || lock?.repeated !== passphrase
  const unsaved = name !== (given ?? '') || fields !== initial || json !== undefined || lockChanged

  const data = json === undefined ? dataOf(fields) : dataFromJson(json)
  const faults = json === undefined ? faultsIn(fields) : new Map()
  const nameFault =
    given !== undefined
      ? undefined
      : name === ''
        ? secret.nameMissing
        : isGoodName(name)
          ? undefined
          : secret.nameBad
  const lockFault = lock && lockFaults(lock, data, texts)
  const isEmpty = data !== undefined && Object.keys(data).length === 0

  const store = useMutation({
    mutationFn: async ({ data, on }: { data: JsonObject; on: Secret | null }) => {
      await writeSecret(folder + name, lock ? await sealSecret(data, lock.passphrase) : data, on)
      return lock?.passphrase
    },
    onSuccess: async (by) => {
      finished.current = true
      say({ text: secret.saved(name) })
      await stored(name, by)
    },
    gcTime: 0,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (data === undefined || faults.size > 0 || nameFault !== undefined || isEmpty) return
    if (lockFault === undefined) store.mutate({ data, on: base })
  }
  const toJson = () => setJson(JSON.stringify(dataOf(fields), null, 2))
  const toFields = () => {
    if (data === undefined) return setTried(true)
    setFields(fieldsOf(data))
    setJson(undefined)
  }

  return (
    <form onSubmit={submit} noValidate>
      <UnsavedGuard when={() => unsaved && !finished.current} />
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4">
            <bdi>{title}</bdi>
          </Title>
          <SegmentedControl
            size="xs"
            aria-label={secret.view}
            value={json === undefined ? 'fields' : 'json'}
            onChange={(value) => (value === 'json' ? toJson() : toFields())}
            data={[
              { value: 'fields', label: secret.fields },
              { value: 'json', label: secret.json },
            ]}
          />
        </Group>
        {given === undefined && (
          <TextInput
            label={secret.name}
            description={secret.nameHint}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            error={tried ? nameFault : undefined}
          />
        )}
        {json === undefined ? (
          <FieldEditors fields={fields} change={setFields} faults={tried ? faults : new Map()} />
        ) : (
          <JsonEditor value={json} change={setJson} isBad={data === undefined} />
        )}
        <LockEditor lock={lock} change={setLock} faults={tried ? lockFault : undefined} />
        {tried && isEmpty && <TroubleLine error={undefined} title={secret.noFields} />}
        {store.error instanceof Overtaken && data !== undefined ? (
          <Conflict
            path={folder + name}
            mine={data}
            passphrase={lock?.passphrase}
            isNew={base === null}
            keepMine={async () => store.mutate({ data, on: await readSecret(folder + name) })}
            takeTheirs={async () => {
              finished.current = true
              await stored(name, passphrase)
            }}
          />
        ) : (
          store.error !== null && <TroubleLine error={store.error} />
        )}
        {/* What is encrypted is encrypted here alone. */}
        {lock === undefined && nameFault === undefined && !isEmpty && data !== undefined && (
          <WriteCommand folder={folder} name={name} names={Object.keys(data)} base={base} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={cancel}>
            {texts.common.cancel}
          </Button>
          <Button type="submit" loading={store.isPending}>
            {texts.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
