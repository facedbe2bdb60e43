import { PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { Session } from '../../api/session.ts'
import { useTexts } from '../../texts/texts.ts'
import { FieldList } from '../secret/field-list.tsx'
import { EntryForm, useEntry } from './entry.tsx'

/** Opens what somebody wrapped: a login, or something to read once. */
export function WrappedLogin({ began }: { readonly began: (session: Session) => void }) {
  const { login } = useTexts()
  const [token, setToken] = useState('')
  const entry = useEntry(() => ({ wrapping_token: token.trim() }), began)
  const data = entry.data?.data ?? undefined
  if (data !== undefined) {
    return (
      <Stack role="status">
        <Title order={2} size="h5">
          {login.unwrapped}
        </Title>
        <Text size="sm">{login.unwrappedText}</Text>
        <FieldList data={data} />
      </Stack>
    )
  }
  return (
    <EntryForm entry={entry} wrong={`${login.wrongWrapped} ${login.wrongWrappedHint}`} submit={login.unwrap}>
      <PasswordInput
        label={login.wrappedField}
        description={login.wrappedHint}
        autoComplete="off"
        required
        withAsterisk={false}
        value={token}
        onChange={({ currentTarget }) => setToken(currentTarget.value)}
      />
    </EntryForm>
  )
}
