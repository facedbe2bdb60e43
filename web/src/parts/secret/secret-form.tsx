import { Group, SegmentedControl, Stack, TextInput, Title } from '@mantine/core'
import { type FormEvent, useMemo, useRef, useState } from 'react'
import { useAllowed } from '../../api/acl.ts'
import { below, Overtaken, readSecret, type Secret, useMount } from '../../api/secrets.ts'
import { useTexts } from '../../texts/texts.ts'
import { FormEnd } from '../form-end.tsx'
import { TroubleLine } from '../states/trouble-line.tsx'
import { useToast } from '../toasts/context.ts'
import { Conflict } from './conflict.tsx'
import { LockEditor } from './crypt/lock-editor.tsx'
import { type Lock, lockFaults } from './crypt/seal.ts'
import { customOf, type Line, lineFaults, linesOf } from './custom/custom.ts'
import { CustomEditor } from './custom/custom-editor.tsx'
import { FieldEditors } from './field-editors.tsx'
import { dataFromJson, dataOf, type Field, faultsIn, fieldsOf, isGoodName, splitNotes } from './fields.ts'
import { JsonEditor } from './json-editor.tsx'
import { NotesEditor } from './notes/notes-editor.tsx'
import { UnsavedGuard } from './unsaved-guard.tsx'
import { CustomRefused, useStore } from './use-store.ts'
import { WriteCommand } from './write-command.tsx'

type Props = {
  readonly title: string
  readonly folder: string
  /** Fixed, where the secret is there already. */
  readonly name: string | undefined
  readonly initial: readonly Field[]
  readonly initialNotes?: string
  readonly base: Secret | null
  /** With which it is encrypted so far. */
  readonly passphrase: string | undefined
  /** `passphrase` is what it was encrypted with, if it was. */
  readonly stored: (name: string, passphrase: string | undefined) => Promise<void>
  readonly cancel: () => void
}

/** What a secret is written with, new or not. */
export function SecretForm(props: Props) {
  const { title, folder, name: given, initial, initialNotes = '', base, passphrase, stored, cancel } = props
  const texts = useTexts()
  const { secret } = texts
  const say = useToast()
  const [name, setName] = useState(given ?? '')
  const [fields, setFields] = useState(initial)
  const [notes, setNotes] = useState(initialNotes)
  const [initialLines] = useState(() => linesOf(base?.custom ?? {}))
  const [lines, setLines] = useState<readonly Line[]>(initialLines)
  /** The text of the JSON view while that is open. */
  const [json, setJson] = useState<string>()
  const [lock, setLock] = useState<Lock | undefined>(() =>
    passphrase === undefined ? undefined : { passphrase, repeated: passphrase },
  )
  const [tried, setTried] = useState(false)
  const finished = useRef(false)
  const lockChanged = lock?.passphrase !== passphrase || lock?.repeated !== passphrase
  const contentChanged = fields !== initial || notes !== initialNotes || json !== undefined
  const unsaved = name !== (given ?? '') || contentChanged || lines !== initialLines || lockChanged

  const data = json === undefined ? dataOf(fields, notes) : dataFromJson(json)
  const faults = json === undefined ? faultsIn(fields, notes) : new Map()
  const customFaults = lineFaults(lines)
  const allowed = useAllowed()
  const { data: mount } = useMount(folder)
  const mayNote =
    mount?.version === 2 &&
    allowed(`${mount.path}metadata/${below(mount, folder + (name || 'x'))}`, 'create', 'update', 'patch')
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

  const store = useStore(
    base,
    useMemo(() => dataOf(initial, initialNotes), [initial, initialNotes]),
    passphrase,
  )
  const save = (on?: Secret | null) => {
    if (data === undefined) return
    const by = lock?.passphrase
    const wanted = { path: folder + name, data, passphrase: by, custom: customOf(lines) }
    const onSuccess = async () => {
      finished.current = true
      await stored(name, by)
      say({ text: secret.saved(name) })
    }
    store.mutate({ ...wanted, ...(on !== undefined && { on }) }, { onSuccess: () => void onSuccess() })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (faults.size > 0 || customFaults.size > 0 || nameFault !== undefined || isEmpty) return
    if (lockFault === undefined) save()
  }
  const toJson = () => setJson(JSON.stringify(dataOf(fields, notes), null, 2))
  const toFields = () => {
    if (data === undefined) return setTried(true)
    const { notes, rest } = splitNotes(data)
    setFields(fieldsOf(rest))
    setNotes(notes)
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
          <>
            <FieldEditors
              name={name}
              fields={fields}
              change={setFields}
              faults={tried ? faults : new Map()}
            />
            <NotesEditor value={notes} change={setNotes} />
          </>
        ) : (
          <JsonEditor value={json} change={setJson} isBad={data === undefined} />
        )}
        {mayNote && (
          <CustomEditor lines={lines} change={setLines} faults={tried ? customFaults : new Map()} />
        )}
        <LockEditor lock={lock} change={setLock} faults={tried ? lockFault : undefined} />
        {tried && isEmpty && <TroubleLine error={undefined} title={secret.noFields} />}
        {store.error instanceof Overtaken && data !== undefined ? (
          <Conflict
            path={folder + name}
            mine={data}
            passphrase={lock?.passphrase}
            isNew={base === null}
            keepMine={async () => save(await readSecret(folder + name))}
            takeTheirs={async () => {
              finished.current = true
              await stored(name, passphrase)
            }}
          />
        ) : (
          store.error !== null && <StoreTrouble error={store.error} />
        )}
        {/* What is encrypted is encrypted here alone. */}
        {lock === undefined && nameFault === undefined && !isEmpty && data !== undefined && (
          <WriteCommand folder={folder} name={name} names={Object.keys(data)} base={base} />
        )}
        <FormEnd cancel={cancel} isBusy={store.isPending} />
      </Stack>
    </form>
  )
}

function StoreTrouble({ error }: { readonly error: Error }) {
  const { custom } = useTexts()
  return error instanceof CustomRefused ? (
    <TroubleLine error={error.cause} title={custom.notStored} />
  ) : (
    <TroubleLine error={error} />
  )
}
