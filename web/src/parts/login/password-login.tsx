import { Button, PasswordInput, Select, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { beginSession, type Session } from '../../api/session.ts'
import { troubleOf } from '../../api/trouble.ts'
import { useTexts } from '../../texts/texts.ts'
import { LoginTrouble } from './login-trouble.tsx'

type Props = { readonly mounts: readonly string[]; readonly began: (session: Session) => void }

export function PasswordLogin({ mounts, began }: Props) {
  const { login } = useTexts()
  const [mount, setMount] = useState(mounts[0] ?? 'userpass')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const enter = useMutation({
    mutationFn: () =>
      beginSession({
        login: { path: `auth/${mount}/login/${name.trim()}`, data: { password } },
      }),
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
        <LoginTrouble error={enter.error} wrong={wrong ? login.wrong : undefined} />
        <Button type="submit" loading={enter.isPending}>
          {login.submit}
        </Button>
      </Stack>
    </form>
  )
}
