import { ActionIcon, Button, Group, Stack, TextInput } from '@mantine/core'
import { IconArrowLeft, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import type { Explanation, ToldRule } from '../../api/explain.ts'
import { readPolicy, refreshPolicies, writePolicy } from '../../api/policies.ts'
import { Overtaken } from '../../api/secrets.ts'
import { useSearchTexts } from '../../app/search.ts'
import { faultsIn } from '../../parts/hcl-editor/faults.ts'
import { HclEditor } from '../../parts/hcl-editor/hcl-editor.tsx'
import type { Mark } from '../../parts/hcl-editor/marks.ts'
import { UnsavedGuard } from '../../parts/secret/unsaved-guard.tsx'
import { Simulator } from '../../parts/simulator/simulator.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { DeletePolicy } from './delete-policy.tsx'
import classes from './policies.module.css'
import { PolicyConflict } from './policy-conflict.tsx'

type Props = {
  /** Undefined for one that is being made. */
  readonly name: string | undefined
  /** What the editing begins with, whatever is read later. */
  readonly text: string
  readonly writable: boolean
  readonly deletable: boolean
  readonly heading: ReactNode
  readonly notice?: ReactNode
  /** Begins anew with what the server has. */
  readonly again?: () => void
}

/** The rules of one policy that had a part in an answer. */
function marksOf(told: Explanation | undefined, policy: string): Mark[] {
  const lines = (rules: readonly ToldRule[] = [], kind: Mark['kind']) =>
    rules
      .filter((rule) => rule.policy === policy)
      .map(({ line, lastLine }) => ({ from: line, to: lastLine, kind }))
  return [...lines(told?.rules, 'decides'), ...lines(told?.overruled, 'overruled')]
}

/** A policy in its editor, and beside it what it would allow. */
export function PolicyForm({ name: given, text, writable, deletable, heading, notice, again }: Props) {
  const texts = useTexts()
  const { policies } = texts
  const queries = useQueryClient()
  const say = useToast()
  const [, setSearch] = useSearchTexts()
  const [base, setBase] = useState(text)
  const [value, setValue] = useState(text)
  const [typed, setName] = useState('')
  const [tried, setTried] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const [told, setTold] = useState<Explanation>()
  const finished = useRef(false)
  const name = given ?? typed.trim().toLowerCase()
  const faulty = faultsIn(value, texts.hclEditor.doubts).some(({ severity }) => severity === 'error')
  const unsaved = value !== base || (given === undefined && typed !== '')
  const wrong = value.trim() === '' ? policies.noText : faulty ? policies.faulty : undefined

  const store = useMutation({
    mutationFn: async (on: string) => {
      await writePolicy(name, value, on)
      return value
    },
    onSuccess: async (stored) => {
      say({ text: policies.saved(name) })
      setBase(stored)
      setTried(false)
      finished.current = given === undefined
      await refreshPolicies(queries)
      if (given === undefined) setSearch({ name })
    },
  })
  const draft = useMemo(() => ({ name: name || 'draft', text: value }), [name, value])
  const marks = useMemo(() => marksOf(told, draft.name), [told, draft.name])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (name !== '' && wrong === undefined) store.mutate(base)
  }
  const takeTheirs = async () => {
    finished.current = true
    await refreshPolicies(queries)
    if (given === undefined) setSearch({ name })
    else again?.()
  }
  return (
    <>
      <UnsavedGuard when={() => writable && unsaved && !finished.current} />
      <form onSubmit={submit} noValidate>
        <Stack>
          <div className={classes.top}>
            <Group gap="xs" wrap="nowrap" className={classes.title ?? ''}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={policies.back}
                onClick={() => setSearch({})}
              >
                <IconArrowLeft size={20} aria-hidden className="flips" />
              </ActionIcon>
              {heading}
            </Group>
            <Group gap="xs" wrap="nowrap">
              {writable && (
                <Button type="submit" loading={store.isPending} disabled={given !== undefined && !unsaved}>
                  {texts.common.save}
                </Button>
              )}
              {deletable && given !== undefined && (
                <ActionIcon
                  size={36}
                  variant="default"
                  aria-label={policies.delete(given)}
                  onClick={() => setDeleting(true)}
                >
                  <IconTrash size={18} aria-hidden />
                </ActionIcon>
              )}
            </Group>
          </div>
          {notice}
          {given === undefined && (
            <TextInput
              label={policies.name}
              description={policies.nameHint}
              maw={420}
              autoFocus
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              error={tried && name === '' ? policies.nameMissing : undefined}
            />
          )}
          {tried && wrong !== undefined && <TroubleLine error={undefined} title={wrong} />}
          {store.error instanceof Overtaken ? (
            <PolicyConflict
              name={name}
              mine={value}
              isNew={given === undefined}
              keepMine={async () => store.mutate((await readPolicy(name)) ?? '')}
              takeTheirs={takeTheirs}
            />
          ) : (
            store.error !== null && <TroubleLine error={store.error} />
          )}
        </Stack>
      </form>
      <div className={classes.panes}>
        <HclEditor
          label={given === undefined ? policies.newText : policies.editor(given)}
          value={value}
          marks={marks}
          {...(writable && { change: setValue })}
        />
        <Simulator draft={draft} isFaulty={faulty} told={setTold} />
      </div>
      {given !== undefined && (
        <DeletePolicy
          opened={deleting}
          close={() => setDeleting(false)}
          name={given}
          text={base}
          done={() => {
            finished.current = true
            setSearch({})
          }}
        />
      )}
    </>
  )
}
