import { Select } from '@mantine/core'
import { useMemo } from 'react'
import { usePeople } from '../../api/administer/people.ts'
import { useTexts } from '../../texts/texts.ts'
import { called } from '../administer/called.ts'

type Props = { readonly value: string; readonly change: (id: string) => void }

/** Chooses one of the people by what they are called. */
export function PersonChoice({ value, change }: Props) {
  const { simulator } = useTexts()
  const { rows } = usePeople()
  const data = useMemo(
    () => rows.map((person) => ({ value: person.id, label: `${called(person)} (${person.name})` })),
    [rows],
  )
  return (
    <Select
      label={simulator.person}
      placeholder={simulator.personHint}
      searchable
      limit={50}
      nothingFoundMessage={simulator.nobody}
      value={value === '' ? null : value}
      onChange={(id) => change(id ?? '')}
      data={data}
      comboboxProps={{ withinPortal: false, transitionProps: { duration: 0 } }}
    />
  )
}
