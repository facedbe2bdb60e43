import { Badge, Group, Text } from '@mantine/core'
import type { useGroups } from '../../api/administer/groups.ts'
import type { WholePerson } from '../../api/administer/shapes.ts'
import classes from '../../parts/administer/administer.module.css'
import { Section } from '../../parts/administer/section.tsx'
import { VoBadges } from '../../parts/administer/vo-badges.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly person: WholePerson; readonly groups: ReturnType<typeof useGroups> }

/** The groups that somebody is in, themselves or by a group that is inside of another one. */
export function Groups({ person, groups }: Props) {
  const { entities } = useTexts()
  const ids = [...person.directGroups, ...person.inheritedGroups]
  return (
    <Section title={entities.groups}>
      {groups.error !== null && ids.length > 0 && <TroubleLine error={groups.error} />}
      {ids.length === 0 ? (
        <Text c="dimmed">{entities.noGroups}</Text>
      ) : (
        <ul className={classes.list}>
          {ids.map((id) => {
            const group = groups.rows.find((one) => one.id === id)
            return (
              <li key={id}>
                <LinkTo to={`/groups/${id}`} className={classes.link}>
                  <bdi>{group?.name ?? id}</bdi>
                </LinkTo>
                <Group gap="xs">
                  {group !== undefined && <VoBadges group={group} />}
                  <Badge variant="default" tt="none">
                    {person.directGroups.includes(id) ? entities.direct : entities.inherited}
                  </Badge>
                </Group>
              </li>
            )
          })}
        </ul>
      )}
    </Section>
  )
}
