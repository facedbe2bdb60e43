import { Badge } from '@mantine/core'
import { useState } from 'react'
import type { Entry } from '../../api/audit-entry.ts'
import { personName } from '../../parts/person-name.ts'
import { sizeText } from '../../texts/sizes.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import classes from './audit.module.css'

/** A line of a log: the main things, and all of it when it is opened. */
export function LineRow({ entry }: { readonly entry: Entry }) {
  const texts = useTexts()
  const { audit, usage } = texts
  const [isOpen, setIsOpen] = useState(false)
  const { time, type, operation, path, person, address, error, text, bytes } = entry
  // An empty folder answers so: no reason to be alarmed.
  const isNothing = error === 'not found'
  const isAsked = type === 'request' || type === 'response'
  return (
    <li>
      <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
        <summary className={classes.line}>
          <span className={classes.main}>
            {text === '' ? (
              audit.long(sizeText(texts, bytes))
            ) : isAsked ? (
              <>
                <span className={classes.operation}>{operation}</span> <bdi>{path}</bdi>
              </>
            ) : (
              <bdi>{audit.about(type)}</bdi>
            )}
            {error !== '' && (
              <Badge color={isNothing ? 'gray' : 'red'} variant="light" className={classes.mark ?? ''}>
                {isNothing ? audit.nothing : audit.refused}
              </Badge>
            )}
          </span>
          <span className={classes.more}>
            {isAsked && <bdi title={person}>{personName(person).long || audit.somebody}</bdi>}
            {address !== '' && <span>{usage.from(address)}</span>}
            {time !== '' && <time dateTime={time}>{momentOf(texts, time)}</time>}
          </span>
        </summary>
        {isOpen && text !== '' && (
          <>
            {error !== '' && (
              <p className={classes.error}>
                <bdi>{error}</bdi>
              </p>
            )}
            <pre className={classes.whole}>{text}</pre>
          </>
        )}
      </details>
    </li>
  )
}

/** What a line says of its time may be anything. */
const momentOf = (texts: Parameters<typeof moment>[0], time: string): string =>
  Number.isNaN(Date.parse(time)) ? time : moment(texts, time)
