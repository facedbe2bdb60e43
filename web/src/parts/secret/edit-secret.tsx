import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { refresh, type Secret } from '../../api/secrets.ts'
import { useTexts } from '../../texts/texts.ts'
import { fieldsOf } from './fields.ts'
import { SecretForm } from './secret-form.tsx'

type Props = {
  readonly path: string
  readonly name: string
  readonly secret: Secret
  readonly done: () => void
}

/** A secret as it is edited; `secret` is what the editing began with, whatever is read later. */
export function EditSecret({ path, name, secret, done }: Props) {
  const texts = useTexts()
  const queries = useQueryClient()
  const [base] = useState(secret)
  const [fields] = useState(() => fieldsOf(secret.data))
  return (
    <SecretForm
      title={texts.secret.edit(name)}
      folder={path.slice(0, path.length - name.length)}
      name={name}
      initial={fields}
      base={base}
      stored={async () => {
        await refresh(queries)
        done()
      }}
      cancel={done}
    />
  )
}
