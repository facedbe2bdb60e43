import { Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { disableMount, type MountRow, mountPoint, mountRoute } from '../../api/mounts.ts'
import { useSearchTexts } from '../../app/search.ts'
import { Command } from '../../parts/command/command.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormEnd } from '../../parts/form-end.tsx'
import { ServerSaid } from '../../parts/operation/server-said.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly mount: MountRow; readonly opened: boolean; readonly close: () => void }

/** Ends a mount with all that it holds, once somebody has typed its path. */
export function DisableMount({ mount, opened, close }: Props) {
  const { engines } = useTexts()
  return (
    <Dialog opened={opened} close={close} title={engines.disableTitle(mountPoint(mount))}>
      <DisableForm mount={mount} close={close} />
    </Dialog>
  )
}

function DisableForm({ mount, close }: Pick<Props, 'mount' | 'close'>) {
  const { engines } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const [, search] = useSearchTexts()
  const [typed, setTyped] = useState('')
  const [tried, setTried] = useState(false)
  const { table } = mount
  const point = mountPoint(mount)
  const isSame = typed.trim().replace(/\/$/, '') === point.replace(/\/$/, '')
  const disable = useMutation({
    mutationFn: () => disableMount(mount),
    onSuccess: async () => {
      close()
      say({ text: engines.disabled(point) })
      search({ kind: table })
      await queries.invalidateQueries()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (isSame) disable.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{engines.disableText[table]}</Text>
        <TextInput
          label={engines.typePath(point)}
          data-autofocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={typed}
          error={tried && !isSame ? engines.differs : undefined}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Command
          of={() => ({
            request: { method: 'DELETE', path: mountRoute(table, mount.path) },
            coffer: { command: `${table} disable`, args: [mount.path] },
          })}
        />
        {disable.error !== null && <ServerSaid error={disable.error} />}
        <FormEnd cancel={close} action={engines.disable} isBusy={disable.isPending} isGrave />
      </Stack>
    </form>
  )
}
