import { Stack } from '@mantine/core'
import { useState } from 'react'
import { useSecret } from '../../api/secrets.ts'
import { isSealed } from '../../crypt/sealed.ts'
import { useTexts } from '../../texts/texts.ts'
import type { Spot } from '../explorer/use-spot.ts'
import { Loading } from '../states/loading.tsx'
import { Trouble } from '../states/trouble.tsx'
import { useOpened } from './crypt/use-opened.ts'
import { EditSecret } from './edit-secret.tsx'
import { GoneSecret } from './gone-secret.tsx'
import { History } from './history/history.tsx'
import { MoveMenu } from './move/move-menu.tsx'
import { SecretView } from './secret-view.tsx'

type Props = { readonly path: string; readonly spot: Spot; readonly writable: boolean }

/** The chosen secret: to look at, or to edit. */
export function SecretPanel({ path, spot, writable }: Props) {
  const texts = useTexts()
  const [editing, setEditing] = useState(false)
  const { data: secret, error, isPending, refetch } = useSecret(path)
  /** Of an encrypted secret, for as long as it is open. */
  const [passphrase, setPassphrase] = useState<string>()
  const opened = useOpened(secret?.data, passphrase)
  const name = spot.secret ?? ''
  if (isPending) return <Loading />
  // What is being edited stays, whatever a later look at the server says.
  if (editing && secret) {
    return (
      <EditSecret
        path={path}
        name={name}
        secret={secret}
        clear={opened?.kind === 'open' ? opened.data : secret.data}
        passphrase={passphrase}
        done={() => setEditing(false)}
        stored={(by) => {
          setPassphrase(by)
          setEditing(false)
        }}
      />
    )
  }
  if (error !== null) return <Trouble error={error} again={() => void refetch()} />
  if (secret === null) {
    return (
      <Stack>
        <GoneSecret back={() => spot.toSecret(undefined)} label={texts.common.back} />
        <History path={path} writable={writable} quiet />
      </Stack>
    )
  }
  const inPlace = spot.folder + name
  const root = path.slice(0, path.length - inPlace.length)
  const arrived = (toRoot: string, to: string) => {
    const folder = to.slice(0, to.lastIndexOf('/') + 1)
    if (toRoot === root) spot.toSpot(folder, to.slice(folder.length))
    else spot.toSecret(undefined)
  }
  return (
    <SecretView
      path={path}
      name={name}
      more={<MoveMenu root={root} name={inPlace} writable={writable} arrived={arrived} />}
      secret={secret}
      writable={writable}
      seal={
        isSealed(secret.data)
          ? {
              opened,
              isOpening: passphrase !== undefined && opened === undefined,
              open: setPassphrase,
              close: () => setPassphrase(undefined),
            }
          : undefined
      }
      edit={() => setEditing(true)}
      close={() => spot.toSecret(undefined)}
    />
  )
}
