import { Alert, List, Radio, Stack, Text } from '@mantine/core'
import { useGroups } from '../../api/administer/groups.ts'
import type { Person } from '../../api/administer/shapes.ts'
import { called } from '../../parts/administer/called.ts'
import type { Merge } from '../../parts/administer/merged.ts'
import { useTexts } from '../../texts/texts.ts'

type Props = {
  readonly from: Person
  readonly to: Person
  readonly plan: Merge
  readonly kept: Readonly<Record<string, string>>
  readonly keep: (mountAccessor: string, aliasId: string) => void
}

/** What will be so after a merge, and what has to be decided for it. */
export function MergePreview({ from, to, plan, kept, keep }: Props) {
  const { entities, merge } = useTexts()
  const groups = useGroups()
  const [gone, stays] = [called(from), called(to)]
  if (plan.isClosed) return <Alert color="red">{merge.closed(gone)}</Alert>
  const nameOf = (id: string) => groups.rows.find((group) => group.id === id)?.name ?? id
  const said = [
    merge.tokens(gone, stays),
    ...plan.moved.map(({ name, mountPath }) => merge.moves(name, mountPath, stays)),
    ...plan.gainedGroups.map((id) => merge.gains(stays, nameOf(id))),
    ...(plan.lostPolicies.length > 0 ? [merge.losesPolicies(gone, plan.lostPolicies.join(', '))] : []),
    ...(plan.lostMetadata.length > 0 ? [merge.losesMetadata(gone, plan.lostMetadata.join(', '))] : []),
  ]
  return (
    <Stack gap="sm">
      {plan.clashes.map(({ own, theirs }) => (
        <Radio.Group
          key={own.mountAccessor}
          label={merge.clash(own.mountPath || own.mountAccessor)}
          description={merge.clashText}
          value={kept[own.mountAccessor] ?? null}
          onChange={(id) => keep(own.mountAccessor, id)}
        >
          <Stack gap="xs" mt="xs">
            {[
              { alias: own, owner: stays },
              { alias: theirs, owner: gone },
            ].map(({ alias, owner }) => (
              <Radio key={alias.id} value={alias.id} label={merge.keeps(alias.name, owner)} />
            ))}
          </Stack>
        </Radio.Group>
      ))}
      <div>
        <Text size="sm" fw={600}>
          {merge.happens}
        </Text>
        <List size="sm" aria-label={merge.happens}>
          {said.map((text) => (
            <List.Item key={text}>{text}</List.Item>
          ))}
        </List>
      </div>
      <Text size="sm" c="dimmed">
        {entities.noWayBack}
      </Text>
    </Stack>
  )
}
