import { Button, PasswordInput, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { beginSession, type Session } from '../../api/session.ts'
import { troubleOf } from '../../api/trouble.ts'
import { useTexts } from '../../texts/texts.ts'
import { LoginTrouble } from './login-trouble.tsx'

export function TokenLogin({ began }: { readonly began: (session: Session) => void }) {
  const { login } = useTexts()
  const [token, setToken] = useState('')
  const enter = useMutation({
    mutationFn: () => beginSession({ token: token.trim() }),
    onSuccess: ({ session }) => session && began(session),
    gcTime: 0,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    enter.mutate()
  }
  const wrong = ['refused', 'denied'].includes(troubleOf(enter.error).kind)
  return (
    <form onSubmit={submit}>
      <Stack>
        <PasswordInput
          label={login.tokenField}
          description={login.tokenHint}
          autoComplete="off"
          required
          withAsterisk={false}
          value={token}
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <LoginTrouble error={enter.error} wrong={wrong ? login.wrongToken : undefined} />
        <Button type="submit" loading={enter.isPending}>
          {login.submit}
        </Button>
      </Stack>
    </form>
  )
}
