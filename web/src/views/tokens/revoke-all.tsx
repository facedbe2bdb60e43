import { Progress, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { refreshDirectory } from '../../api/administer/people.ts'
import type { Token } from '../../api/administer/token.ts'
import { lineOf, topsOf } from '../../api/administer/token-tree.ts'
import { revokeTokens } from '../../api/administer/tokens.ts'
import { ending } from '../../parts/administer/actions.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { Ends } from './ends.tsx'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly whose: string
  readonly tokens: readonly Token[]
  readonly isWhole: boolean
  /** The accessor of the session's token, which does not end by this. */
  readonly own: string
}

/** Asks before all tokens of somebody end. */
export function RevokeAll({ opened, close, whose, tokens, isWhole, own }: Props) {
  const { common, tokens: words } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const [count, setCount] = useState<number>()
  const spared = lineOf(own, tokens)
  const ended = tokens.filter(({ accessor }) => !spared.has(accessor))
  const tops = topsOf(ended)
  return (
    <Confirm
      opened={opened}
      close={close}
      title={words.endAllTitle(whose)}
      action={words.endAll}
      command={() => ending(tops.map(({ accessor }) => accessor))}
      run={
        isWhole && ended.length > 0
          ? async () => {
              setCount(0)
              try {
                await revokeTokens(
                  tops.map(({ accessor }) => accessor),
                  setCount,
                )
                say({ text: words.ended(ended.length) })
              } finally {
                setCount(undefined)
                await refreshDirectory(queries)
              }
            }
          : undefined
      }
    >
      <Text>{words.endAllText}</Text>
      {ended.length < tokens.length && <Text fw={600}>{words.ownSpared}</Text>}
      <Ends label={words.theyEnd(ended.length)} tokens={ended} further={words.further} />
      {!isWhole && <Text c="dimmed">{common.loading}</Text>}
      {count !== undefined && (
        <Progress value={(count / tops.length) * 100} aria-label={words.progress(count, tops.length)} />
      )}
    </Confirm>
  )
}
