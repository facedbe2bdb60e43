import { Title } from '@mantine/core'
import { useTexts } from '../../texts/texts.ts'
import { PolicyForm } from './policy-form.tsx'

/** A policy that is being made. */
export function NewPolicy() {
  const { policies } = useTexts()
  return (
    <PolicyForm
      name={undefined}
      text=""
      writable
      deletable={false}
      heading={
        <Title order={1} size="h3">
          {policies.new}
        </Title>
      }
    />
  )
}
