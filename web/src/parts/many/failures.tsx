import { Alert, ScrollArea, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Stopped } from '../../api/many.ts'
import { Absent, Taken } from '../../api/moves.ts'
import { troubleOf } from '../../api/trouble.ts'
import { type Texts, useTexts } from '../../texts/texts.ts'
import type { Outcome } from './in-parts.ts'
import classes from './many.module.css'

/** Lines of one list; what is beyond is counted. */
const mostShown = 200

/** What did not work, each with its reason, and what was not begun. */
export function Failures({
  outcome: { bad, left },
  folder,
}: {
  readonly outcome: Outcome
  readonly folder: string
}) {
  const texts = useTexts()
  const { many } = texts
  if (bad.length === 0 && left.length === 0) return null
  const named = (path: string) => (path.startsWith(folder) ? path.slice(folder.length) : path)
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={many.notAll(bad.length, left.length)}
    >
      {bad.length > 0 && (
        <ScrollArea.Autosize mah={240} viewportProps={{ tabIndex: 0, 'aria-label': many.failures }}>
          <ul className={classes.failures}>
            {bad.slice(0, mostShown).map(({ item, error }) => (
              <li key={item}>
                <bdi>{named(item)}</bdi>: {whyNot(texts, error)}
              </li>
            ))}
          </ul>
        </ScrollArea.Autosize>
      )}
      {bad.length > mostShown && <Text size="sm">{many.andMore(bad.length - mostShown)}</Text>}
      {left.length > 0 && <Text size="sm">{many.left(left.length)}</Text>}
    </Alert>
  )
}

function whyNot(texts: Texts, error: Error): string {
  if (error instanceof Taken) return texts.secret.nameTaken
  if (error instanceof Absent) return texts.secret.gone
  if (error instanceof Stopped) return `${texts.many.stopped} ${error.message}`.trim()
  const { kind, text, denied } = troubleOf(error)
  const said = kind === 'refused' && text !== '' ? text : texts.troubles[kind].title
  if (denied === undefined || denied.path === '') return said
  const missing =
    denied.by === 'owner'
      ? texts.missingOwner(denied.path)
      : texts.missingCapability(denied.missing.join(', '), denied.path)
  return `${said}. ${missing}`
}
