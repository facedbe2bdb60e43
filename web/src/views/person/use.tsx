import { Text } from '@mantine/core'
import { useMemo } from 'react'
import { usePersonTimes } from '../../api/administer/people.ts'
import type { WholePerson } from '../../api/administer/shapes.ts'
import { useTokens } from '../../api/administer/tokens.ts'
import classes from '../../parts/administer/administer.module.css'
import { Facts } from '../../parts/administer/facts.tsx'
import { Section } from '../../parts/administer/section.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'

/** When somebody was here, as far as it is known. */
export function Use({ person }: { readonly person: WholePerson }) {
  const texts = useTexts()
  const { entities } = texts
  const times = usePersonTimes(person.id)
  const tokens = useTokens(person.id)
  const newest = useMemo(
    () =>
      tokens.rows
        .filter(({ path }) => path.startsWith('auth/') && !path.startsWith('auth/token/'))
        .reduce((latest, { created }) => Math.max(latest, created), 0),
    [tokens.rows],
  )
  const time = (value: string | undefined) => (value ? moment(texts, value) : entities.notLately)
  const counted = tokens.error !== null ? '–' : `${tokens.rows.length}${tokens.isWhole ? '' : '+'}`
  return (
    <Section
      title={entities.use}
      tools={
        <LinkTo to="/tokens" search={{ person: person.id }} className={classes.link}>
          {entities.theirTokens}
        </LinkTo>
      }
    >
      <Facts
        facts={[
          {
            name: entities.lastLogin,
            value: newest === 0 ? entities.noLogin : moment(texts, new Date(newest).toISOString()),
          },
          { name: entities.tokens, value: counted },
          ...(times.error === null
            ? [
                { name: entities.lastRead, value: time(times.data?.lastRead) },
                { name: entities.lastWrite, value: time(times.data?.lastWrite) },
                { name: entities.requests, value: String(times.data?.requests ?? 0) },
              ]
            : []),
        ]}
      />
      {(times.error ?? tokens.error) !== null && <TroubleLine error={times.error ?? tokens.error} />}
      <Text size="sm" c="dimmed">
        {entities.useNote}
      </Text>
    </Section>
  )
}
