import { Button, Loader, Stack, Text } from '@mantine/core'
import { useEffect, useMemo } from 'react'
import { type HolderKind, useAccess } from '../../api/access.ts'
import { useAllowed } from '../../api/acl.ts'
import { useTexts } from '../../texts/texts.ts'
import { Loading } from '../states/loading.tsx'
import { Trouble } from '../states/trouble.tsx'
import { TroubleLine } from '../states/trouble-line.tsx'
import { HolderList } from './holder-list.tsx'
import { mergeTokens } from './merge-tokens.ts'
import { Owner } from './owner.tsx'
import { You } from './you.tsx'

/** Holders that are fetched without being asked for. */
const mostByItself = 200
const order: readonly HolderKind[] = ['group', 'entity', 'role', 'token']

/** Who may do something with a secret, or in a folder, and why. @param path that of a folder ends in a slash */
export function Access({ path }: { readonly path: string }) {
  const { access: texts } = useTexts()
  const allowed = useAllowed()
  const { data, error, isPending, refetch, hasNextPage, isFetching, fetchNextPage } = useAccess(
    path,
    allowed(`sys/policies/access/${path}`, 'sudo'),
  )
  const holders = useMemo(() => mergeTokens(data?.pages.flatMap((page) => page.holders) ?? []), [data])
  // A page may have nobody on it, and still not be the last.
  const goesOn = hasNextPage && !isFetching && error === null && holders.length < mostByItself
  useEffect(() => {
    if (goesOn) void fetchNextPage()
  }, [goesOn, fetchNextPage])
  if (isPending) return <Loading />
  const [first] = data?.pages ?? []
  if (first === undefined) return <Trouble error={error} again={() => void refetch()} />
  const { shown, space, you } = first
  if (shown === 'token') return <Owner text={texts.tokenText} title={texts.onlyYou} openings={[]} />
  if (space !== undefined) {
    return (
      <Owner
        title={space.isOwn ? texts.onlyYou : texts.only(space.owner || texts.somebody)}
        text={space.isOwn ? texts.ownText : texts.othersText}
        openings={space.openings}
      />
    )
  }
  return (
    <Stack>
      <You standing={you} />
      {order.map((kind) => (
        <HolderList
          key={kind}
          kind={kind}
          holders={holders.filter((holder) => holder.kind === kind)}
          isTold={shown === 'all'}
        />
      ))}
      {error !== null && <TroubleLine error={error} />}
      {isFetching ? (
        <Loader size="sm" aria-label={texts.looking} role="status" />
      ) : (
        hasNextPage && (
          <Button variant="default" onClick={() => void fetchNextPage()}>
            {texts.more}
          </Button>
        )
      )}
      <Text size="sm" c="dimmed">
        {shown === 'all' ? texts.allNote : texts.groupsNote}
      </Text>
    </Stack>
  )
}
