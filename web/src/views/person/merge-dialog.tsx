import { Button, Group, Radio, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { mergePeople, refreshDirectory, usePeople } from '../../api/administer/people.ts'
import type { Person } from '../../api/administer/shapes.ts'
import { listField, writing } from '../../parts/administer/actions.ts'
import { called, shortName } from '../../parts/administer/called.ts'
import { mergeOf } from '../../parts/administer/merged.ts'
import { Command } from '../../parts/command/command.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { MergePreview } from './merge-preview.tsx'

type Props = { readonly opened: boolean; readonly close: () => void; readonly person: Person }

/** Makes one of two people: which one stays is chosen, and what happens is shown before. */
export function MergeDialog({ opened, close, person }: Props) {
  const { merge } = useTexts()
  return (
    <Dialog opened={opened} close={close} title={merge.title}>
      <MergeForm person={person} close={close} />
    </Dialog>
  )
}

const label = (person: Person): string => {
  const [alias] = person.aliases
  const where = alias === undefined ? person.name : `${shortName(alias.name)} · ${alias.mountPath}`
  return `${called(person)} (${where})`
}

function MergeForm({ person, close }: Omit<Props, 'opened'>) {
  const { common, merge } = useTexts()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const say = useToast()
  const people = usePeople()
  const [otherId, setOtherId] = useState<string | null>(null)
  const [staysId, setStaysId] = useState(person.id)
  /** By the mount on which both have a login: the alias that stays. */
  const [kept, setKept] = useState<Readonly<Record<string, string>>>({})
  const choices = useMemo(
    () =>
      people.rows.filter(({ id }) => id !== person.id).map((one) => ({ value: one.id, label: label(one) })),
    [people.rows, person.id],
  )
  const other = people.rows.find(({ id }) => id === otherId)
  const [to, from] = staysId === person.id ? [person, other] : [other, person]
  const plan = from && to && mergeOf(from, to)
  const keep = plan?.clashes.map(({ own }) => kept[own.mountAccessor]) ?? []
  const decided = keep.filter((id) => id !== undefined)
  const isDecided = plan !== undefined && !plan.isClosed && keep.every((id) => id !== undefined)
  const merging = useMutation({
    mutationFn: async () => {
      if (from === undefined || to === undefined) return
      await mergePeople(from.id, to.id, decided)
      close()
      if (to.id !== person.id) await navigate({ to: `/people/${to.id}` as string, replace: true })
      await refreshDirectory(queries)
      say({ text: merge.done(called(from), called(to)) })
    },
  })
  return (
    <Stack>
      <Text>{merge.text}</Text>
      {people.error !== null && <TroubleLine error={people.error} />}
      <Select
        label={merge.with(called(person))}
        placeholder={merge.find}
        searchable
        limit={30}
        data={choices}
        value={otherId}
        onChange={(id) => {
          setOtherId(id)
          setStaysId(person.id)
          setKept({})
          merging.reset()
        }}
        nothingFoundMessage={people.isWhole ? merge.nobody : common.loading}
        comboboxProps={{ withinPortal: false, transitionProps: { duration: 0 } }}
        data-autofocus
      />
      {other !== undefined && (
        <Radio.Group
          label={merge.stays}
          description={merge.staysHint}
          value={staysId}
          onChange={(id) => {
            setStaysId(id)
            setKept({})
          }}
        >
          <Stack gap="xs" mt="xs">
            {[person, other].map((one) => (
              <Radio key={one.id} value={one.id} label={label(one)} />
            ))}
          </Stack>
        </Radio.Group>
      )}
      {plan !== undefined && from !== undefined && to !== undefined && (
        <MergePreview
          from={from}
          to={to}
          plan={plan}
          kept={kept}
          keep={(mount, alias) => setKept({ ...kept, [mount]: alias })}
        />
      )}
      {isDecided && from !== undefined && to !== undefined && (
        <Command
          of={() =>
            writing('identity/entity/merge', {
              from_entity_ids: [from.id],
              to_entity_id: to.id,
              ...listField('conflicting_alias_ids_to_keep', decided),
            })
          }
        />
      )}
      {merging.error !== null && <TroubleLine error={merging.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {common.cancel}
        </Button>
        <Button
          color="red"
          disabled={!isDecided}
          loading={merging.isPending}
          onClick={() => merging.mutate()}
        >
          {merge.action}
        </Button>
      </Group>
    </Stack>
  )
}
