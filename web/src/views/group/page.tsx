import { Badge, Group as Row, Stack, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useGroup, useGroups } from '../../api/administer/groups.ts'
import { Missing } from '../../app/states/missing.tsx'
import classes from '../../parts/administer/administer.module.css'
import { Facts } from '../../parts/administer/facts.tsx'
import { PageHead } from '../../parts/administer/page-head.tsx'
import { Section } from '../../parts/administer/section.tsx'
import { VoBadges } from '../../parts/administer/vo-badges.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'
import { Assertion } from './assertion.tsx'
import { GroupMembers } from './group-members.tsx'
import { People } from './people.tsx'
import { Tools } from './tools.tsx'

/** One group: who is in it, what it gives, and by which name logins assert it. */
export default function GroupPage() {
  const { admin, teams } = useTexts()
  const { group: id = '' } = useParams({ strict: false }) as { group?: string } // the path of this view
  const groups = useGroups()
  const members = useGroup(id)
  if (members.data === null) return <Missing />
  const group = groups.rows.find((one) => one.id === id)
  const error = members.error ?? groups.error
  if (error !== null && (group === undefined || members.data === undefined)) {
    const again = () => {
      groups.again()
      void members.refetch()
    }
    return <Trouble isPage error={error} again={again} />
  }
  if (group === undefined) return groups.isWhole ? <Missing /> : <Loading />
  if (members.data === undefined) return <Loading />
  return (
    <Stack maw={900}>
      <PageHead
        title={group.name}
        lead={
          <Row gap="xs">
            <Badge variant="default" tt="none">
              {group.isExternal ? teams.external : teams.internal}
            </Badge>
            <VoBadges group={group} />
            <span dir="ltr">{group.id}</span>
          </Row>
        }
        above={{ label: teams.title, to: '/groups' }}
        tools={<Tools group={group} />}
      />
      <Section title={admin.policies}>
        {group.policies.length === 0 ? (
          <Text c="dimmed">{teams.noPolicies}</Text>
        ) : (
          <ul className={classes.list}>
            {group.policies.map((policy) => (
              <li key={policy}>
                <Text ff="monospace" size="sm">
                  {policy}
                </Text>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {group.isExternal && <Assertion group={group} />}
      <People group={group} members={members.data.people} />
      {!group.isExternal && <GroupMembers group={group} groups={groups.rows} />}
      {Object.keys(group.metadata).length > 0 && (
        <Section title={admin.metadata}>
          <Facts
            facts={Object.entries(group.metadata).map(([name, text]) => ({ name, value: <bdi>{text}</bdi> }))}
          />
        </Section>
      )}
    </Stack>
  )
}
