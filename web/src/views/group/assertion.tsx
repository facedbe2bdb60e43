import { Button, NativeSelect, Group as Row, Stack, Text, TextInput } from '@mantine/core'
import { IconEdit } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { nameGroupAt, removeGroupAlias } from '../../api/administer/groups.ts'
import { useMethods } from '../../api/administer/methods.ts'
import { refreshDirectory } from '../../api/administer/people.ts'
import type { Group } from '../../api/administer/shapes.ts'
import { removing, writing } from '../../parts/administer/actions.ts'
import { Section } from '../../parts/administer/section.tsx'
import { Command } from '../../parts/command/command.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FormEnd } from '../../parts/form-end.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'

/** The name by which logins at a method say that somebody is in an external group. */
export function Assertion({ group }: { readonly group: Group }) {
  const { admin, entities, teams } = useTexts()
  const queries = useQueryClient()
  const [open, setOpen] = useState<'set' | 'remove'>()
  const close = () => setOpen(undefined)
  const { alias } = group
  return (
    <Section
      title={teams.asserted}
      tools={
        <Row gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconEdit size={16} aria-hidden />}
            onClick={() => setOpen('set')}
          >
            {teams.setAsserted}
          </Button>
          {alias !== undefined && (
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              aria-label={teams.removeAsserted}
              onClick={() => setOpen('remove')}
            >
              {admin.remove}
            </Button>
          )}
        </Row>
      }
    >
      {alias === undefined ? (
        <Text c="dimmed">{teams.notAsserted}</Text>
      ) : (
        <Text>
          <bdi>{alias.name}</bdi>{' '}
          <Text span size="sm" c="dimmed">
            {entities.at(alias.mountPath || alias.mountAccessor, alias.mountType)}
          </Text>
        </Text>
      )}
      <Dialog opened={open === 'set'} close={close} title={teams.setAsserted}>
        <AssertionForm group={group} close={close} />
      </Dialog>
      <Confirm
        opened={open === 'remove'}
        close={close}
        title={teams.removeAsserted}
        action={admin.remove}
        command={() => alias && removing(`identity/group-alias/id/${alias.id}`)}
        run={async () => {
          if (alias !== undefined) await removeGroupAlias(alias.id)
          await refreshDirectory(queries)
        }}
      >
        <Text>{teams.removeAssertedText}</Text>
      </Confirm>
    </Section>
  )
}

function AssertionForm({ group, close }: { readonly group: Group; readonly close: () => void }) {
  const { entities, teams } = useTexts()
  const queries = useQueryClient()
  const methods = useMethods()
  const [name, setName] = useState(group.alias?.name ?? '')
  const [chosen, setChosen] = useState(group.alias?.mountAccessor)
  const [tried, setTried] = useState(false)
  const accessor = chosen ?? methods.data?.[0]?.accessor ?? ''
  const saving = useMutation({
    mutationFn: async () => {
      await nameGroupAt(group.id, accessor, name)
      await refreshDirectory(queries)
    },
    onSuccess: close,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (name !== '' && accessor !== '') saving.mutate()
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{teams.assertedText}</Text>
        {methods.error !== null && <TroubleLine error={methods.error} />}
        <NativeSelect
          label={entities.method}
          value={accessor}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          data={(methods.data ?? []).map((one) => ({
            value: one.accessor,
            label: `${one.path} (${one.type})`,
          }))}
        />
        <TextInput
          label={teams.assertedName}
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={tried && name === '' ? entities.loginNameMissing : undefined}
        />
        {name !== '' && (
          <Command
            of={() =>
              writing('identity/group-alias', { name, canonical_id: group.id, mount_accessor: accessor })
            }
          />
        )}
        {saving.error !== null && <TroubleLine error={saving.error} />}
        <FormEnd cancel={close} isBusy={saving.isPending} />
      </Stack>
    </form>
  )
}
