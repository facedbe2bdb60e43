import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { refresh } from '../../api/secrets.ts'
import { useTexts } from '../../texts/texts.ts'
import type { Spot } from '../explorer/use-spot.ts'
import { newField } from './fields.ts'
import { SecretForm } from './secret-form.tsx'

/** A secret that is not there yet. */
export function NewSecret({ folder, spot }: { readonly folder: string; readonly spot: Spot }) {
  const { secret } = useTexts()
  const queries = useQueryClient()
  const [first] = useState(() => [newField(secret.usual)])
  const stored = async (name: string) => {
    await refresh(queries)
    const cut = name.lastIndexOf('/') + 1
    if (cut > 0) spot.toFolder(spot.folder + name.slice(0, cut))
    else spot.toSecret(name)
  }
  return (
    <SecretForm
      title={secret.new}
      folder={folder}
      name={undefined}
      initial={first}
      base={null}
      passphrase={undefined}
      stored={stored}
      cancel={() => spot.toSecret(undefined)}
    />
  )
}
