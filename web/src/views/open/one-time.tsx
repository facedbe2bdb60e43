import { Button, Stack, Text, Title } from '@mantine/core'
import { IconLockOpen2, IconLogin2 } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lookAtWrapped, openWrapped } from '../../api/sharing.ts'
import { troubleOf } from '../../api/trouble.ts'
import { LinkTo } from '../../parts/link-to.tsx'
import { FieldList } from '../../parts/secret/field-list.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'
import { relativeTime } from '../../texts/times.ts'
import { Closed } from './closed.tsx'

/** Whether the server says that a wrapping token opens nothing (any more). */
const isClosed = (error: unknown): boolean =>
  error !== null && ['refused', 'denied'].includes(troubleOf(error).kind)

/** What a one-time link holds: looked at first, which does not use it up, and opened on demand. */
export function OneTime({ token }: { readonly token: string }) {
  const texts = useTexts()
  const { opened } = texts
  const look = useQuery({
    queryKey: ['wrapped', token],
    queryFn: () => lookAtWrapped(token),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const open = useMutation({ mutationFn: () => openWrapped(token), gcTime: 0 })

  if (open.data !== undefined) {
    return (
      <Stack role="status">
        <Title order={2} size="h5">
          {opened.done}
        </Title>
        <Text size="sm">{opened.doneText}</Text>
        <FieldList data={open.data} />
      </Stack>
    )
  }
  if (isClosed(open.error)) return <Closed {...(look.data && { ends: look.data.ends })} />
  if (isClosed(look.error)) return <Closed />
  if (look.error !== null) return <Trouble error={look.error} again={() => void look.refetch()} />
  if (look.data === undefined) return <Loading />
  if (look.data.isLogin) {
    return (
      <State icon={IconLogin2} title={opened.login} text={opened.loginText}>
        <Button component={LinkTo} to="/login">
          {opened.toLogin}
        </Button>
      </State>
    )
  }
  return (
    <Stack>
      {open.error !== null && <TroubleLine error={open.error} />}
      <Button
        size="md"
        leftSection={<IconLockOpen2 size={18} aria-hidden />}
        loading={open.isPending}
        onClick={() => open.mutate()}
      >
        {opened.open}
      </Button>
      <Text size="sm" c="dimmed" ta="center">
        {opened.ends(relativeTime(texts, look.data.ends, Date.now()))}
      </Text>
    </Stack>
  )
}
