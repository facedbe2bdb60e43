import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import type { Field } from '../../api/description/fields.ts'
import { useTexts } from '../../texts/texts.ts'
import { faultOf } from './draft.ts'
import { SecretInput } from './secret-input.tsx'
import classes from './shape-form.module.css'

type FieldInputProps = {
  readonly field: Field
  readonly value: string
  readonly change: (value: string) => void
  readonly tried: boolean
}

/** One field, by its kind. Its name and what it means are the server's words. */
export function FieldInput({ field, value, change, tried }: FieldInputProps) {
  const { shape } = useTexts()
  const { name, kind, required, options } = field
  const fault = faultOf(field, value)
  // Keys and certificates have several lines each.
  const hint = kind === 'list' && field.description.includes('PEM') ? '' : shape.hints[kind]
  const common = {
    label: <bdi className={classes.name}>{name}</bdi>,
    required,
    withAsterisk: required,
    description: [field.description, hint].filter((text) => text !== '').join(' '),
    error: fault !== undefined && (tried || fault !== 'missing') ? shape.faults[fault](field) : undefined,
    autoComplete: 'off',
    value,
  }
  const typed = { ...common, autoCapitalize: 'none', spellCheck: false }
  switch (kind) {
    case 'secret':
      return <SecretInput {...typed} name={name} change={change} />
    case 'boolean':
    case 'choice':
      return (
        <NativeSelect
          {...common}
          onChange={({ currentTarget }) => change(currentTarget.value)}
          data={[
            { value: '', label: shape.unset },
            ...(kind === 'choice'
              ? [...new Set([...options, ...(value === '' ? [] : [value])])].map((one) => ({
                  value: one,
                  label: one,
                }))
              : [
                  { value: 'true', label: shape.yes },
                  { value: 'false', label: shape.no },
                ]),
          ]}
        />
      )
    case 'lines':
    case 'list':
    case 'map':
    case 'json':
      return (
        <Textarea
          {...typed}
          classNames={{ input: classes.machine ?? '' }}
          rows={Math.min(Math.max(value.split('\n').length, kind === 'lines' ? 4 : 2), 12)}
          onChange={({ currentTarget }) => change(currentTarget.value)}
        />
      )
    default:
      return (
        <TextInput
          {...typed}
          inputMode={kind === 'integer' ? 'numeric' : 'text'}
          onChange={({ currentTarget }) => change(currentTarget.value)}
        />
      )
  }
}
