import { Button, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { FormEvent, ReactNode } from 'react'
import { type Begun, beginSession, type Login, type Session } from '../../api/session.ts'
import { troubleOf } from '../../api/trouble.ts'
import { LoginTrouble } from './login-trouble.tsx'

/** A try to log in: what was typed is kept nowhere once it is over. */
export function useEntry(loginOf: () => Login, began: (session: Session) => void) {
  return useMutation<Begun>({
    mutationFn: () => beginSession(loginOf()),
    onSuccess: ({ session }) => session && began(session),
    gcTime: 0,
  })
}

type Props = {
  readonly entry: ReturnType<typeof useEntry>
  /** What it means that the server refuses what was typed. */
  readonly wrong: string
  readonly submit: string
  /** The fields. */
  readonly children: ReactNode
}

/** A form that logs in. */
export function EntryForm({ entry, wrong, submit, children }: Props) {
  const isWrong = ['refused', 'denied'].includes(troubleOf(entry.error).kind)
  const send = (event: FormEvent) => {
    event.preventDefault()
    entry.mutate()
  }
  return (
    <form onSubmit={send}>
      <Stack>
        {children}
        <LoginTrouble error={entry.error} wrong={isWrong ? wrong : undefined} />
        <Button type="submit" loading={entry.isPending}>
          {submit}
        </Button>
      </Stack>
    </form>
  )
}
