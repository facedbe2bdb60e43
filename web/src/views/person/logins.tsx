import { Button, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useMethods } from '../../api/administer/methods.ts'
import { addAlias, refreshDirectory, removeAlias } from '../../api/administer/people.ts'
import type { Alias, WholePerson } from '../../api/administer/shapes.ts'
import { removing, writing } from '../../parts/administer/actions.ts'
import { AddButton } from '../../parts/administer/add-button.tsx'
import classes from '../../parts/administer/administer.module.css'
import { Section } from '../../parts/administer/section.tsx'
import { Command } from '../../parts/command/command.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormEnd } from '../../parts/form-end.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'

/** The names by which somebody comes in. */
export function Logins({ person }: { readonly person: WholePerson }) {
  const { admin, entities } = useTexts()
  const queries = useQueryClient()
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Alias>()
  return (
    <Section
      title={entities.logins}
      tools={<AddButton label={entities.addLogin} run={() => setAdding(true)} />}
    >
      {person.aliases.length === 0 ? (
        <Text c="dimmed">{entities.noLoginsText}</Text>
      ) : (
        <ul className={classes.list}>
          {person.aliases.map((alias) => (
            <li key={alias.id}>
              <span>
                <bdi>{alias.name}</bdi>{' '}
                <Text span size="sm" c="dimmed">
                  {entities.at(alias.mountPath || alias.mountAccessor, alias.mountType)}
                </Text>
              </span>
              <Button
                size="compact-sm"
                variant="subtle"
                color="red"
                aria-label={entities.removeLogin(alias.name)}
                onClick={() => setLeaving(alias)}
              >
                {admin.remove}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Dialog opened={adding} close={() => setAdding(false)} title={entities.addLogin}>
        <LoginForm person={person} close={() => setAdding(false)} />
      </Dialog>
      <Confirm
        opened={leaving !== undefined}
        close={() => setLeaving(undefined)}
        title={entities.removeLogin(leaving?.name ?? '')}
        action={admin.remove}
        command={() => leaving && removing(`identity/entity-alias/id/${leaving.id}`)}
        run={async () => {
          if (leaving !== undefined) await removeAlias(leaving.id)
          await refreshDirectory(queries)
        }}
      >
        <Text>{entities.removeLoginText}</Text>
      </Confirm>
    </Section>
  )
}

function LoginForm({ person, close }: { readonly person: WholePerson; readonly close: () => void }) {
  const { entities } = useTexts()
  const queries = useQueryClient()
  const methods = useMethods()
  // Of each mount somebody has one name.
  const free = (methods.data ?? []).filter(
    ({ accessor }) => !person.aliases.some(({ mountAccessor }) => mountAccessor === accessor),
  )
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState('')
  const [tried, setTried] = useState(false)
  const accessor = free.find((one) => one.accessor === chosen)?.accessor ?? free[0]?.accessor
  const adding = useMutation({
    mutationFn: async (mount: string) => {
      await addAlias(person.id, mount, name)
      await refreshDirectory(queries)
    },
    onSuccess: close,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (accessor !== undefined && name !== '') adding.mutate(accessor)
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{entities.addLoginText}</Text>
        {methods.error !== null && <TroubleLine error={methods.error} />}
        {methods.data !== undefined && free.length === 0 && <Text c="dimmed">{entities.noFreeMethod}</Text>}
        {free.length > 0 && (
          <>
            <NativeSelect
              label={entities.method}
              value={accessor ?? ''}
              onChange={({ currentTarget }) => setChosen(currentTarget.value)}
              data={free.map((one) => ({ value: one.accessor, label: `${one.path} (${one.type})` }))}
            />
            <TextInput
              label={entities.loginName}
              description={entities.loginNameHint}
              autoComplete="off"
              spellCheck={false}
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              error={tried && name === '' ? entities.loginNameMissing : undefined}
            />
          </>
        )}
        {accessor !== undefined && name !== '' && (
          <Command
            of={() =>
              writing('identity/entity-alias', { name, canonical_id: person.id, mount_accessor: accessor })
            }
          />
        )}
        {adding.error !== null && <TroubleLine error={adding.error} />}
        <FormEnd
          cancel={close}
          action={entities.addLogin}
          isBusy={adding.isPending}
          isDisabled={free.length === 0}
        />
      </Stack>
    </form>
  )
}
