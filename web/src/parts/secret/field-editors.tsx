import { Button, Stack } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { FieldEditor } from './field-editor.tsx'
import { type Fault, type Field, newField } from './fields.ts'
import { FileDrop } from './files/file-drop.tsx'
import { useSteps } from './use-steps.tsx'

type Props = {
  readonly fields: readonly Field[]
  /** Of the secret. */
  readonly name: string
  readonly change: (fields: readonly Field[]) => void
  readonly faults: ReadonlyMap<number, Fault>
}

/** The fields of a secret that is written. */
export function FieldEditors({ fields, name, change, faults }: Props) {
  const { secret } = useTexts()
  // What was added is there at once, however many were there before, and so is what is wrong.
  const [before] = useState(() => new Set(fields.map(({ id }) => id)))
  const { first, more } = useSteps(fields.filter(({ id }) => before.has(id)))
  const drawn = new Set(first)
  const isDrawn = (field: Field) => drawn.has(field) || !before.has(field.id) || faults.has(field.id)
  return (
    <FileDrop add={(added) => change([...fields.filter(isUsed), ...added])}>
      <Stack gap="sm">
        {fields.map((field, index) =>
          isDrawn(field) ? (
            <FieldEditor
              key={field.id}
              number={index + 1}
              field={field}
              account={name}
              fault={faults.get(field.id)}
              change={(changed) =>
                change(fields.map((one) => (one.id === field.id ? { ...one, ...changed } : one)))
              }
              remove={() => change(fields.filter(({ id }) => id !== field.id))}
            />
          ) : null,
        )}
        {more}
        <Button
          variant="subtle"
          size="compact-md"
          w="fit-content"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => change([...fields, newField()])}
        >
          {secret.add}
        </Button>
      </Stack>
    </FileDrop>
  )
}

/** A field that nobody filled makes way for a file. */
const isUsed = ({ value }: Field): boolean => value !== ''
