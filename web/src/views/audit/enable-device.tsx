import { Checkbox, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { enableDevice } from '../../api/audit.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { FormEnd } from '../../parts/form-end.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly opened: boolean; readonly close: () => void }

/** Enables an audit device. */
export function EnableDevice({ opened, close }: Props) {
  const { audit } = useTexts()
  return (
    <Dialog opened={opened} close={close} title={audit.enable}>
      {opened && <DeviceForm close={close} />}
    </Dialog>
  )
}

const types = ['file', 'socket', 'syslog'] as const

function DeviceForm({ close }: { readonly close: () => void }) {
  const { audit } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const [name, setName] = useState('')
  const [type, setType] = useState<(typeof types)[number]>('file')
  const [target, setTarget] = useState('')
  const [description, setDescription] = useState('')
  const [mode, setMode] = useState('')
  const [hashAccessors, setHashAccessors] = useState(true)
  const [elide, setElide] = useState(false)
  const [isTried, setIsTried] = useState(false)
  const isBad = !/^[^\s/]+(\/[^\s/]+)*$/.test(name.trim())
  const isFile = type === 'file'
  const enable = useMutation({
    mutationFn: () =>
      enableDevice({
        path: name.trim(),
        type,
        description,
        options: {
          ...(target !== '' && { [isFile ? 'file_path' : 'address']: target }),
          ...(isFile && mode !== '' && { mode }),
          ...(!hashAccessors && { hmac_accessor: 'false' }),
          ...(elide && { elide_list_responses: 'true' }),
        },
      }),
    onSuccess: async () => {
      close()
      say({ text: audit.enabled(name.trim()) })
      await queries.invalidateQueries({ queryKey: ['audit', 'devices'] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setIsTried(true)
    if (!isBad) enable.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={audit.name}
          description={audit.nameHint}
          value={name}
          error={isTried && isBad && audit.nameBad}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          data-autofocus
        />
        <NativeSelect
          label={audit.type}
          data={types.map((value) => ({ value, label: audit.types[value] }))}
          value={type}
          onChange={({ currentTarget }) =>
            setType(types.find((one) => one === currentTarget.value) ?? 'file')
          }
        />
        <TextInput
          label={isFile ? audit.filePath : audit.address}
          description={isFile ? audit.filePathHint : audit.addressHint}
          value={target}
          onChange={({ currentTarget }) => setTarget(currentTarget.value)}
        />
        {isFile && (
          <TextInput
            label={audit.mode}
            description={audit.modeHint}
            value={mode}
            onChange={({ currentTarget }) => setMode(currentTarget.value)}
          />
        )}
        <TextInput
          label={audit.description}
          value={description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        <Checkbox
          label={audit.hashAccessors}
          checked={hashAccessors}
          onChange={({ currentTarget }) => setHashAccessors(currentTarget.checked)}
        />
        <Checkbox
          label={audit.elide}
          checked={elide}
          onChange={({ currentTarget }) => setElide(currentTarget.checked)}
        />
        {enable.error !== null && <TroubleLine error={enable.error} />}
        <FormEnd cancel={close} action={audit.enable} isBusy={enable.isPending} />
      </Stack>
    </form>
  )
}
