import { Alert, Checkbox, Radio, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { refreshDirectory } from '../../api/administer/people.ts'
import type { Token } from '../../api/administer/token.ts'
import { lineOf, treeOf } from '../../api/administer/token-tree.ts'
import { revokeAlone, revokeToken, useTokens } from '../../api/administer/tokens.ts'
import { ending, writing } from '../../parts/administer/actions.ts'
import { Facts } from '../../parts/administer/facts.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { Ends } from './ends.tsx'

type Props = {
  readonly token: Token | undefined
  /** The accessor of the session's token. */
  readonly own: string
  readonly close: () => void
}

/** Asks before a token ends, and says what ends with it. */
export function RevokeToken({ token, own, close }: Props) {
  const { tokens: words } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const all = useTokens(undefined, token !== undefined)
  const [alone, setAlone] = useState(false)
  const [sure, setSure] = useState(false)
  const leave = () => {
    setAlone(false)
    setSure(false)
    close()
  }
  const children = token === undefined ? [] : treeOf(token, all.rows).slice(1)
  const isOwn = token !== undefined && !alone && lineOf(own, all.rows).has(token.accessor)
  const isReady = token !== undefined && !all.isPending && (!isOwn || sure)
  return (
    <Confirm
      opened={token !== undefined}
      close={leave}
      title={words.endTitle(token?.displayName ?? '')}
      action={words.end}
      command={() =>
        token &&
        (alone ? writing('auth/token/revoke-orphan', { accessor: token.accessor }) : ending([token.accessor]))
      }
      run={
        isReady
          ? async () => {
              await (alone ? revokeAlone : revokeToken)(token.accessor)
              await refreshDirectory(queries)
              say({ text: words.ended(alone ? 1 : children.length + 1) })
            }
          : undefined
      }
    >
      <Text>{words.endText}</Text>
      <Facts
        facts={[
          { name: words.accessor, value: <span dir="ltr">{token?.accessor}</span> },
          { name: words.madeBy, value: <bdi>{token?.path}</bdi> },
        ]}
      />
      {all.isPending ? (
        <Loading />
      ) : (
        children.length > 0 && (
          <>
            <Radio.Group
              label={words.children(children.length)}
              value={alone ? 'alone' : 'tree'}
              onChange={(way) => setAlone(way === 'alone')}
            >
              <Stack gap="xs" mt="xs">
                <Radio value="tree" label={words.endTree} />
                <Radio value="alone" label={words.endAlone} />
              </Stack>
            </Radio.Group>
            {!alone && <Ends label={words.alsoEnd} tokens={children} further={words.further} />}
          </>
        )
      )}
      {!all.isWhole && !all.isPending && <Text c="dimmed">{words.notAll}</Text>}
      {isOwn && (
        <Alert color="red" title={words.ownTitle}>
          <Checkbox
            label={words.ownSure}
            checked={sure}
            onChange={({ currentTarget }) => setSure(currentTarget.checked)}
          />
        </Alert>
      )}
    </Confirm>
  )
}
