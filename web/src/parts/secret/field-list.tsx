import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { useTexts } from '../../texts/texts.ts'
import { FieldRow } from './field-row.tsx'
import { notesField, shownValue, splitNotes } from './fields.ts'
import { NotesShown } from './notes/notes-shown.tsx'
import { useSteps } from './use-steps.tsx'

/** The fields of a secret, hidden until somebody wants to see them. */
export function FieldList({ data }: { readonly data: JsonObject }) {
  const { secret } = useTexts()
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set())
  const names = Object.keys(data)
  const { notes, rest } = splitNotes(data)
  const { first, more } = useSteps(Object.entries(rest))
  const allShown = names.every((name) => shown.has(name))
  const toggle = (name: string) =>
    setShown((before) => {
      const after = new Set(before)
      if (!after.delete(name)) after.add(name)
      return after
    })
  return (
    <Stack gap="xs">
      <Stack component="dl" gap={0} m={0}>
        {first.map(([name, value]) => (
          <FieldRow
            key={name}
            name={name}
            value={shownValue(value).value}
            shown={shown.has(name)}
            toggle={() => toggle(name)}
          />
        ))}
      </Stack>
      {more}
      {notes !== '' && (
        <NotesShown value={notes} shown={shown.has(notesField)} toggle={() => toggle(notesField)} />
      )}
      {names.length > 1 && (
        <Group>
          <Button
            size="compact-sm"
            variant="subtle"
            ms={-8}
            onClick={() => setShown(allShown ? new Set() : new Set(names))}
          >
            {allShown ? secret.hideAll : secret.showAll}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
