import { PasswordInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Session } from '../../api/session.ts'
import { useTexts } from '../../texts/texts.ts'
import { EntryForm, useEntry } from './entry.tsx'

type Props = { readonly mounts: readonly string[]; readonly began: (session: Session) => void }

export function PasswordLogin({ mounts, began }: Props) {
  const { login } = useTexts()
  const [mount, setMount] = useState(mounts[0] ?? 'userpass')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const loginOf = () => ({ login: { path: `auth/${mount}/login/${name.trim()}`, data: { password } } })
  const entry = useEntry(loginOf, began)
  return (
    <EntryForm entry={entry} wrong={login.wrong} submit={login.submit}>
      {mounts.length > 1 && (
        <Select
          label={login.method}
          data={[...mounts]}
          value={mount}
          allowDeselect={false}
          onChange={(value) => setMount(value ?? mount)}
        />
      )}
      <TextInput
        label={login.name}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <PasswordInput
        label={login.passwordField}
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        onChange={({ currentTarget }) => setPassword(currentTarget.value)}
      />
    </EntryForm>
  )
}
