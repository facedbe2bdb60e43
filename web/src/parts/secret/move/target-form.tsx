import { NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Absent, Taken } from '../../../api/moves.ts'
import { useTexts } from '../../../texts/texts.ts'
import { FormEnd } from '../../form-end.tsx'
import { TroubleLine } from '../../states/trouble-line.tsx'
import { isGoodName } from '../fields.ts'
import { TargetCommand } from './target-command.tsx'
import type { Target } from './use-targets.ts'

type TargetFormProps = {
  readonly kind: 'move' | 'copy'
  /** Below the place, with its folder. */
  readonly name: string
  readonly root: string
  /** Never empty. */
  readonly targets: readonly Target[]
  readonly text: string
  readonly action: string
  /** @throws Taken, Absent */
  readonly run: (to: string) => Promise<void>
  readonly done: (target: Target, name: string) => Promise<void>
  readonly cancel: () => void
}

/** Asks where a secret is to go, and says so when something is there. */
export function TargetForm({
  kind,
  name: given,
  root,
  targets,
  text,
  action,
  run,
  done,
  cancel,
}: TargetFormProps) {
  const texts = useTexts()
  const { secret, move: words } = texts
  const [name, setName] = useState(given)
  const [place, setPlace] = useState(root)
  const [tried, setTried] = useState(false)
  const target = targets.find((one) => one.root === place) ?? targets[0] ?? { root, label: root }
  const go = useMutation({
    mutationFn: () => run(target.root + name),
    onSuccess: () => done(target, name),
  })
  const isTaken = go.error instanceof Taken
  const fault =
    name === ''
      ? secret.nameMissing
      : !isGoodName(name)
        ? secret.nameBad
        : target.root + name === root + given
          ? words.same
          : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (fault === undefined) go.mutate()
  }
  const changed = (change: () => void) => {
    change()
    // What was refused was another target.
    go.reset()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{text}</Text>
        <TextInput
          label={secret.name}
          description={secret.nameHint}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={({ currentTarget: { value } }) => changed(() => setName(value))}
          error={isTaken ? secret.nameTaken : tried ? fault : undefined}
        />
        {targets.length > 1 && (
          <NativeSelect
            label={words.place}
            value={target.root}
            onChange={({ currentTarget: { value } }) => changed(() => setPlace(value))}
            data={targets.map((one) => ({ value: one.root, label: one.label }))}
          />
        )}
        {go.error !== null && !isTaken && (
          <TroubleLine error={go.error} {...(go.error instanceof Absent && { title: secret.gone })} />
        )}
        {fault === undefined && (
          <TargetCommand
            kind={kind}
            from={{ root, path: root + given }}
            to={{ root: target.root, path: target.root + name }}
          />
        )}
        <FormEnd cancel={cancel} action={action} isBusy={go.isPending} />
      </Stack>
    </form>
  )
}
