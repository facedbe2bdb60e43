import { Stack } from '@mantine/core'
import type { Field } from '../../api/description/fields.ts'
import { useTexts } from '../../texts/texts.ts'
import type { Draft } from './draft.ts'
import { FieldInput } from './field-input.tsx'
import { groupsOf } from './groups.ts'
import classes from './shape-form.module.css'

type Props = {
  readonly fields: readonly Field[]
  readonly draft: Draft
  readonly change: (draft: Draft) => void
  /** Whether somebody wanted to go on, so that it is told what is missing. */
  readonly tried: boolean
}

/** What an operation takes, to be filled in. */
export function ShapeForm({ fields, draft, change, tried }: Props) {
  const { shape } = useTexts()
  const { usual, tokens, rare } = groupsOf(fields)
  const inputs = (some: readonly Field[]) =>
    some.map((field) => (
      <FieldInput
        key={field.name}
        field={field}
        value={draft[field.name] ?? ''}
        change={(value) => change({ ...draft, [field.name]: value })}
        tried={tried}
      />
    ))
  return (
    <Stack>
      {inputs(usual)}
      {tokens.length > 0 && (
        <details className={classes.group}>
          <summary>{shape.tokens}</summary>
          <Stack mt="sm">{inputs(tokens)}</Stack>
        </details>
      )}
      {rare.length > 0 && (
        <details className={classes.group}>
          <summary>{shape.rare}</summary>
          <Stack mt="sm">{inputs(rare)}</Stack>
        </details>
      )}
    </Stack>
  )
}
