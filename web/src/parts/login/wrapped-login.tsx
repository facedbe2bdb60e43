import { Button, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { beginSession, type Session } from '../../api/session.ts'
import { troubleOf } from '../../api/trouble.ts'
import { useTexts } from '../../texts/texts.ts'
import { FieldList } from '../secret/field-list.tsx'
import { LoginTrouble } from './login-trouble.tsx'

/** Opens what somebody wrapped: a login, or something to read once. */
export function WrappedLogin({ began }: { readonly began: (session: Session) => void }) {
  const { login } = useTexts()
  const [token, setToken] = useState('')
  const open = useMutation({
    mutationFn: () => beginSession({ wrapping_token: token.trim() }),
    onSuccess: ({ session }) => session && began(session),
    gcTime: 0,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    open.mutate()
  }
  const data = open.data?.data ?? undefined
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
  const wrong = ['refused', 'denied'].includes(troubleOf(open.error).kind)
  return (
    <form onSubmit={submit}>
      <Stack>
        <PasswordInput
          label={login.wrappedField}
          description={login.wrappedHint}
          autoComplete="off"
          required
          withAsterisk={false}
          value={token}
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <LoginTrouble
          error={open.error}
          wrong={wrong ? `${login.wrongWrapped} ${login.wrongWrappedHint}` : undefined}
        />
        <Button type="submit" loading={open.isPending}>
          {login.unwrap}
        </Button>
      </Stack>
    </form>
  )
}
