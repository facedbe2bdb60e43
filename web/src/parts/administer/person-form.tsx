import { Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Person } from '../../api/administer/shapes.ts'
import { useTexts } from '../../texts/texts.ts'
import { Command } from '../command/command.tsx'
import { FormEnd } from '../form-end.tsx'
import { TroubleLine } from '../states/trouble-line.tsx'
import { writing } from './actions.ts'
import { type Pair, pairsOf, textsOfPairs } from './pairs.ts'
import { PairsInput } from './pairs-input.tsx'
import { PoliciesInput } from './policies-input.tsx'

type Given = Pick<Person, 'name' | 'metadata' | 'policies'>
type Props = {
  readonly given: Given
  /** Where it is written. */
  readonly path: string
  readonly close: () => void
  readonly save: (changes: Given) => Promise<void>
}

/** What can be said of somebody beside their logins. */
export function PersonForm({ given, path, close, save }: Props) {
  const { entities } = useTexts()
  const { name: called = '', ...others } = given.metadata
  const [person, setPerson] = useState(called)
  const [name, setName] = useState(given.name)
  const [policies, setPolicies] = useState(given.policies)
  const [pairs, setPairs] = useState<readonly Pair[]>(() => pairsOf(others))
  const metadata = { ...(person !== '' && { name: person }), ...textsOfPairs(pairs) }
  const saving = useMutation({
    mutationFn: () => save({ name, policies, metadata }),
    onSuccess: close,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label={entities.called}
          description={entities.calledHint}
          autoComplete="off"
          data-autofocus
          value={person}
          onChange={({ currentTarget }) => setPerson(currentTarget.value)}
        />
        <TextInput
          label={entities.entityName}
          description={entities.entityNameHint}
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <PoliciesInput value={policies} change={setPolicies} />
        <PairsInput value={pairs} change={setPairs} />
        <Command
          of={() => writing(path, { ...(name !== '' && { name }), policies: [...policies], metadata })}
        />
        {saving.error !== null && <TroubleLine error={saving.error} />}
        <FormEnd cancel={close} isBusy={saving.isPending} />
      </Stack>
    </form>
  )
}
