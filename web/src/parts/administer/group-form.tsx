import { Radio, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { GroupChanges } from '../../api/administer/groups.ts'
import type { Group } from '../../api/administer/shapes.ts'
import { useTexts } from '../../texts/texts.ts'
import { Command } from '../command/command.tsx'
import { FormEnd } from '../form-end.tsx'
import { TroubleLine } from '../states/trouble-line.tsx'
import { writing } from './actions.ts'
import { type Pair, pairsOf, textsOfPairs } from './pairs.ts'
import { PairsInput } from './pairs-input.tsx'
import { PoliciesInput } from './policies-input.tsx'

type Props = {
  /** Undefined for a new one. */
  readonly given: Pick<Group, 'name' | 'policies' | 'metadata'> | undefined
  /** Where it is written. */
  readonly path: string
  readonly close: () => void
  readonly save: (changes: GroupChanges) => Promise<void>
}

/** What can be said of a group beside its members. Its kind stays what it was made as. */
export function GroupForm({ given, path, close, save }: Props) {
  const { admin, teams } = useTexts()
  const [name, setName] = useState(given?.name ?? '')
  const [type, setType] = useState<'internal' | 'external'>('internal')
  const [policies, setPolicies] = useState(given?.policies ?? [])
  const [pairs, setPairs] = useState<readonly Pair[]>(() => pairsOf(given?.metadata ?? {}))
  const [tried, setTried] = useState(false)
  const metadata = textsOfPairs(pairs)
  const isNew = given === undefined
  const hasMetadata = !isNew || Object.keys(metadata).length > 0
  const changes = { name, policies: [...policies], ...(hasMetadata && { metadata }), ...(isNew && { type }) }
  const saving = useMutation({ mutationFn: () => save(changes), onSuccess: close })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (name !== '') saving.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label={admin.name}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={tried && name === '' ? teams.nameMissing : undefined}
        />
        {given === undefined && (
          <Radio.Group
            label={teams.kind}
            value={type}
            onChange={(value) => setType(value === 'external' ? 'external' : 'internal')}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="internal" label={teams.internal} description={teams.internalText} />
              <Radio value="external" label={teams.external} description={teams.externalText} />
            </Stack>
          </Radio.Group>
        )}
        <PoliciesInput value={policies} change={setPolicies} />
        <PairsInput value={pairs} change={setPairs} />
        {name !== '' && <Command of={() => writing(path, changes)} />}
        {saving.error !== null && <TroubleLine error={saving.error} />}
        <FormEnd cancel={close} isBusy={saving.isPending} />
      </Stack>
    </form>
  )
}
