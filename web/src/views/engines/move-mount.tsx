import { Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type MountRow, mountPoint, moveMount, Unmoved } from '../../api/mounts.ts'
import { useSearchTexts } from '../../app/search.ts'
import { Command } from '../../parts/command/command.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormEnd } from '../../parts/form-end.tsx'
import { ServerSaid } from '../../parts/operation/server-said.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly mount: MountRow; readonly opened: boolean; readonly close: () => void }

/** Gives a mount another path. */
export function MoveMount({ mount, opened, close }: Props) {
  const { engines } = useTexts()
  return (
    <Dialog opened={opened} close={close} title={engines.moveTitle(mountPoint(mount))}>
      <MoveForm mount={mount} close={close} />
    </Dialog>
  )
}

function MoveForm({ mount, close }: Pick<Props, 'mount' | 'close'>) {
  const { engines } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const [, search] = useSearchTexts()
  const { table } = mount
  const old = mount.path.replace(/\/$/, '')
  const [to, setTo] = useState(old)
  const [tried, setTried] = useState(false)
  const target = to.trim().replace(/^\/+|\/+$/g, '')
  const fault = target === '' ? engines.pathMissing : target === old ? engines.samePath : undefined
  const move = useMutation({
    mutationFn: () => moveMount(mount, target),
    onSuccess: async () => {
      close()
      say({ text: engines.moved(mount.path, `${target}/`) })
      search({ kind: table, at: `${target}/` })
      await queries.invalidateQueries()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (fault === undefined) move.mutate()
  }
  const point = (path: string) => mountPoint({ table, path })
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{engines.moveText}</Text>
        <TextInput
          label={engines.newPath}
          description={engines.pathHint[table]}
          data-autofocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={to}
          error={tried ? fault : undefined}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
        />
        {fault === undefined && (
          <Command
            of={() => ({
              request: { method: 'POST', path: 'sys/remount', body: { from: point(old), to: point(target) } },
              coffer: { command: `${table} move`, args: [`${old}/`, `${target}/`] },
            })}
          />
        )}
        {move.error instanceof Unmoved ? (
          <TroubleLine error={undefined} title={engines.unmoved} />
        ) : (
          move.error !== null && <ServerSaid error={move.error} />
        )}
        <FormEnd cancel={close} action={engines.move} isBusy={move.isPending} />
      </Stack>
    </form>
  )
}
