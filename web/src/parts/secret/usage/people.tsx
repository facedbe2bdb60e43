import { Badge } from '@mantine/core'
import type { PersonUse } from '../../../api/usage.ts'
import { useTexts } from '../../../texts/texts.ts'
import { moment } from '../../../texts/times.ts'
import { Person } from '../../person.tsx'
import classes from './usage.module.css'

/** Who used a secret, the last ones first. */
export function People({ people }: { readonly people: readonly PersonUse[] }) {
  const texts = useTexts()
  const { usage } = texts
  const did = (times: number, last: string, words: (times: number, when: string) => string) =>
    times > 0 && last !== '' && <span>{words(times, moment(texts, last))}</span>
  return (
    <ul className={classes.people} aria-label={usage.people}>
      {people.map(({ who, reads, writes, lastRead, lastWrite, address, lastOpened }) => (
        <li key={who.entityId || who.displayName}>
          <span className={classes.who}>
            <Person who={who} />
            {lastOpened !== '' && (
              <Badge color="red" variant="light" className={classes.mark ?? ''}>
                {texts.activity.emergency}
              </Badge>
            )}
          </span>
          <span className={classes.did}>
            {did(reads, lastRead, usage.read)}
            {did(writes, lastWrite, usage.written)}
            {address !== '' && <span>{usage.lastFrom(address)}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}
