import { Button, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type FormEvent, useEffect, useId, useMemo, useState } from 'react'
import { useAllowed } from '../../api/acl.ts'
import {
  type Asked,
  type Explanation,
  type Operation,
  operations,
  useExplanation,
} from '../../api/explain.ts'
import { useTexts } from '../../texts/texts.ts'
import { Loading } from '../states/loading.tsx'
import { TroubleLine } from '../states/trouble-line.tsx'
import { PersonChoice } from './person-choice.tsx'
import { Result } from './result.tsx'
import classes from './simulator.module.css'

type Props = {
  /** The policy in the editor beside it. */
  readonly draft: { readonly name: string; readonly text: string }
  /** Whether the server would refuse that text. */
  readonly isFaulty: boolean
  /** Told what the last answer says, undefined while there is none. */
  readonly told: (explanation: Explanation | undefined) => void
}

/** Milliseconds that somebody types on before what they ask is asked again. */
const pause = 400

type Kind = Asked['who']['kind']

/** What could somebody do at a path, and which rule decides? With the text as it is in the editor. */
export function Simulator({ draft, isFaulty, told }: Props) {
  const { simulator: texts } = useTexts()
  const allowed = useAllowed()
  const heading = useId()
  const [kind, setKind] = useState<Kind>('draft')
  const [id, setId] = useState('')
  const [path, setPath] = useState('')
  const [operation, setOperation] = useState<Operation>('read')
  const [tried, setTried] = useState(false)
  const kinds: readonly Kind[] = allowed('sys/policies/explain', 'sudo')
    ? ['draft', 'self', 'person', 'token']
    : ['draft', 'self']
  const question = useMemo<Asked | undefined>(() => {
    const who = kind === 'person' || kind === 'token' ? { kind, id: id.trim() } : { kind }
    const isWhole = path.trim() !== '' && (!('id' in who) || who.id !== '')
    if (isFaulty && kind !== 'self') return undefined
    return tried && isWhole ? { who, path: path.trim(), operation, draft } : undefined
  }, [tried, kind, id, path, operation, draft, isFaulty])
  const [asked] = useDebouncedValue(question, pause)
  const { data, error, isFetching } = useExplanation(asked)
  const shown = asked === undefined || error !== null ? undefined : data
  useEffect(() => told(shown), [shown, told])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    // It lies within the form of the policy on no page, but a parent hears of it all the same.
    event.stopPropagation()
    setTried(true)
  }
  return (
    <section className={classes.simulator} aria-labelledby={heading}>
      <Stack gap="sm">
        <div>
          <Title order={2} size="h5" id={heading}>
            {texts.title}
          </Title>
          <Text size="sm" c="dimmed">
            {texts.lead}
          </Text>
        </div>
        <form onSubmit={submit} noValidate>
          <Stack gap="xs">
            <NativeSelect
              label={texts.who}
              value={kind}
              data={kinds.map((value) => ({ value, label: texts.kinds[value] }))}
              onChange={({ currentTarget }) => {
                // The options are the kinds.
                setKind(currentTarget.value as Kind)
                setId('')
              }}
            />
            {kind === 'person' && <PersonChoice value={id} change={setId} />}
            {kind === 'token' && (
              <TextInput
                label={texts.accessor}
                description={texts.accessorHint}
                autoComplete="off"
                spellCheck={false}
                value={id}
                onChange={({ currentTarget }) => setId(currentTarget.value)}
              />
            )}
            <Group align="flex-end" gap="xs" wrap="nowrap">
              <NativeSelect
                label={texts.operation}
                className={classes.operation ?? ''}
                value={operation}
                data={operations.map((value) => ({ value, label: texts.operations[value] }))}
                onChange={({ currentTarget }) => setOperation(currentTarget.value as Operation)} // an option
              />
              <TextInput
                label={texts.path}
                className={classes.path ?? ''}
                placeholder="secrets/vos/…"
                autoComplete="off"
                spellCheck={false}
                value={path}
                onChange={({ currentTarget }) => setPath(currentTarget.value)}
                error={tried && path.trim() === '' ? texts.pathMissing : undefined}
              />
            </Group>
            <Button type="submit" variant="default">
              {texts.ask}
            </Button>
          </Stack>
        </form>
        {tried && isFaulty && kind !== 'self' ? (
          <Text size="sm" role="status">
            {texts.faulty}
          </Text>
        ) : error !== null && asked !== undefined ? (
          <TroubleLine error={error} />
        ) : shown !== undefined ? (
          <Result explanation={shown} policy={draft.name} />
        ) : (
          isFetching && <Loading />
        )}
      </Stack>
    </section>
  )
}
