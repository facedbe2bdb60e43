import { Badge, Group, Text } from '@mantine/core'
import type { Token } from '../../api/administer/token.ts'
import classes from '../../parts/administer/administer.module.css'
import { LinkTo } from '../../parts/link-to.tsx'
import { personName } from '../../parts/person-name.ts'
import type { Column } from '../../parts/table/column.ts'
import type { Texts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'

/**
 * @param names what people are called, by the id of their entity
 * @param own the accessor of the session's token
 */
export function columnsIn(texts: Texts, names: ReadonlyMap<string, string>, own: string): Column<Token>[] {
  const { admin, entities, tokens: words } = texts
  const at = (time: number) => moment(texts, new Date(time).toISOString())
  const whose = ({ ownerId, displayName }: Token) => names.get(ownerId) ?? personName(displayName).long
  return [
    {
      id: 'who',
      title: words.who,
      value: (token) => `${whose(token)} ${token.displayName} ${token.path} ${token.accessor}`,
      cell: (token) => (
        <>
          <Group gap="xs">
            {token.ownerId === '' ? (
              <bdi>{whose(token)}</bdi>
            ) : (
              <LinkTo to={`/people/${token.ownerId}`} className={classes.link}>
                <bdi>{whose(token)}</bdi>
              </LinkTo>
            )}
            {token.isClosed && (
              <Badge color="red" tt="none">
                {entities.disabled}
              </Badge>
            )}
            {token.accessor === own && <Badge tt="none">{words.own}</Badge>}
          </Group>
          <Text size="xs" c="dimmed">
            <bdi>{token.path}</bdi>
            {token.parent !== '' ? ` · ${words.child}` : token.isOrphan && ` · ${words.orphan}`}
          </Text>
        </>
      ),
      width: 'minmax(0, 2fr)',
    },
    {
      id: 'policies',
      title: admin.policies,
      value: ({ policies }) => policies.join(', '),
      width: 'minmax(0, 1.5fr)',
    },
    {
      id: 'created',
      title: admin.created,
      value: ({ created }) => created,
      cell: ({ created }) => at(created),
    },
    {
      id: 'ends',
      title: words.ends,
      value: ({ ends }) => ends,
      cell: ({ ends }) => (ends === undefined ? words.endless : at(ends)),
    },
    {
      id: 'uses',
      title: words.uses,
      value: ({ usesLeft }) => usesLeft,
      cell: ({ usesLeft }) => usesLeft ?? words.unlimited,
      width: '6rem',
    },
  ]
}
