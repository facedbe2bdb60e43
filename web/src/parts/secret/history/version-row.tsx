import { Badge, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { History, Version } from '../../../api/versions.ts'
import { useTexts } from '../../../texts/texts.ts'
import { moment } from '../../../texts/times.ts'
import { Person } from '../../person.tsx'
import { Compare } from './compare.tsx'
import classes from './history.module.css'
import { VersionTools } from './version-tools.tsx'

type Props = {
  readonly history: History
  readonly version: Version
  readonly writable: boolean
}

/** One version in the history. */
export function VersionRow({ history, version, writable }: Props) {
  const texts = useTexts()
  const { history: words } = texts
  const [comparing, setComparing] = useState(false)
  const { number, created, deletion, state, writer, deleter } = version
  const others = history.versions.filter((one) => one.state === 'kept' && one.number !== number)
  const canCompare = state === 'kept' && others.length > 0
  return (
    <li className={classes.version} data-state={state} data-current={number === history.current || undefined}>
      <Group gap="xs">
        <Text fw={600}>{texts.secret.version(number)}</Text>
        {number === history.current && <Badge variant="light">{words.current}</Badge>}
        {state !== 'kept' && (
          <Badge variant="default">{state === 'deleted' ? words.deleted : words.destroyed}</Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        <time dateTime={created}>{moment(texts, created)}</time>
        {' · '}
        {writer === undefined ? words.unknown : <Person who={writer} />}
      </Text>
      {deletion !== '' && state !== 'destroyed' && (
        <Text size="sm" c="dimmed">
          {(state === 'deleted' ? words.deletedAt : words.endsAt)(moment(texts, deletion))}
          {state === 'deleted' && deleter !== undefined && (
            <>
              {' · '}
              <Person who={deleter} />
            </>
          )}
        </Text>
      )}
      <VersionTools
        history={history}
        version={version}
        writable={writable}
        comparing={comparing}
        compare={canCompare ? () => setComparing(!comparing) : undefined}
      />
      {comparing && canCompare && <Compare history={history} number={number} others={others} />}
    </li>
  )
}
