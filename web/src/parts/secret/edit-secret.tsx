import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { refresh, type Secret } from '../../api/secrets.ts'
import { useTexts } from '../../texts/texts.ts'
import { fieldsOf, splitNotes } from './fields.ts'
import { SecretForm } from './secret-form.tsx'

type Props = {
  readonly path: string
  readonly name: string
  readonly secret: Secret
  /** What the secret says, which is what it holds unless it is encrypted. */
  readonly clear: JsonObject
  /** That of an encrypted secret. */
  readonly passphrase: string | undefined
  readonly done: () => void
  readonly stored: (passphrase: string | undefined) => void
}

/** A secret as it is edited; `secret` is what the editing began with, whatever is read later. */
export function EditSecret({ path, name, secret, clear, passphrase, done, stored }: Props) {
  const texts = useTexts()
  const queries = useQueryClient()
  const [base] = useState(secret)
  const [{ fields, notes }] = useState(() => {
    const { notes, rest } = splitNotes(clear)
    return { fields: fieldsOf(rest), notes }
  })
  const [by] = useState(passphrase)
  return (
    <SecretForm
      title={texts.secret.edit(name)}
      folder={path.slice(0, path.length - name.length)}
      name={name}
      initial={fields}
      initialNotes={notes}
      base={base}
      passphrase={by}
      stored={async (_, passphrase) => {
        await refresh(queries)
        stored(passphrase)
      }}
      cancel={done}
    />
  )
}
