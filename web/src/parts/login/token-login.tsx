import { PasswordInput } from '@mantine/core'
import { useState } from 'react'
import type { Session } from '../../api/session.ts'
import { useTexts } from '../../texts/texts.ts'
import { EntryForm, useEntry } from './entry.tsx'

export function TokenLogin({ began }: { readonly began: (session: Session) => void }) {
  const { login } = useTexts()
  const [token, setToken] = useState('')
  const entry = useEntry(() => ({ token: token.trim() }), began)
  return (
    <EntryForm entry={entry} wrong={login.wrongToken} submit={login.submit}>
      <PasswordInput
        label={login.tokenField}
        description={login.tokenHint}
        autoComplete="off"
        required
        withAsterisk={false}
        value={token}
        onChange={({ currentTarget }) => setToken(currentTarget.value)}
      />
    </EntryForm>
  )
}
