import { Text } from '@mantine/core'
import type { useGroups } from '../../api/administer/groups.ts'
import type { WholePerson } from '../../api/administer/shapes.ts'
import classes from '../../parts/administer/administer.module.css'
import { Section } from '../../parts/administer/section.tsx'
import { sourcesOf } from '../../parts/administer/sources.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly person: WholePerson; readonly groups: ReturnType<typeof useGroups> }

/** What somebody may do by who they are, and where each of it comes from. */
export function Policies({ person, groups }: Props) {
  const { admin, entities } = useTexts()
  const found = sourcesOf(person, groups.rows)
  return (
    <Section title={admin.policies}>
      {found.length === 0 ? (
        <Text c="dimmed">{entities.noPolicies}</Text>
      ) : (
        <ul className={classes.list}>
          {found.map(({ policy, sources }) => (
            <li key={policy}>
              <Text ff="monospace" size="sm">
                {policy}
              </Text>
              <Text size="sm" c="dimmed">
                {sources
                  .map((source) =>
                    source.kind === 'own'
                      ? entities.fromSelf
                      : source.isInherited
                        ? entities.fromInherited(source.group.name)
                        : entities.fromGroup(source.group.name),
                  )
                  .join(', ')}
              </Text>
            </li>
          ))}
        </ul>
      )}
      <Text size="sm" c="dimmed">
        {entities.policiesNote}
      </Text>
    </Section>
  )
}
