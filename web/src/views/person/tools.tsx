import { Button, Menu, Text } from '@mantine/core'
import {
  IconArrowMerge,
  IconDots,
  IconEdit,
  IconTrash,
  IconUserCheck,
  IconUserOff,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { changePerson, deletePerson, refreshDirectory } from '../../api/administer/people.ts'
import type { WholePerson } from '../../api/administer/shapes.ts'
import { useSession } from '../../app/session/context.ts'
import { removing, writing } from '../../parts/administer/actions.ts'
import { called } from '../../parts/administer/called.ts'
import { PersonForm } from '../../parts/administer/person-form.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { MergeDialog } from './merge-dialog.tsx'

/** What can be done about somebody. */
export function Tools({ person }: { readonly person: WholePerson }) {
  const { admin, common, entities, merge } = useTexts()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const say = useToast()
  const { state } = useSession()
  const isSelf = state.kind === 'in' && state.session.entityId === person.id
  const [open, setOpen] = useState<'edit' | 'disable' | 'merge' | 'delete'>()
  const close = () => setOpen(undefined)
  const name = called(person)
  const path = `identity/entity/id/${person.id}`
  const change = async (changes: Parameters<typeof changePerson>[1]) => {
    await changePerson(person.id, changes)
    await refreshDirectory(queries)
  }
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconEdit size={18} aria-hidden />}
        onClick={() => setOpen('edit')}
      >
        {common.edit}
      </Button>
      <Menu
        position="bottom-end"
        withinPortal={false}
        withInitialFocusPlaceholder={false}
        transitionProps={{ duration: 0 }}
      >
        <Menu.Target>
          <Button variant="default" leftSection={<IconDots size={18} aria-hidden />}>
            {common.more}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconArrowMerge size={16} aria-hidden />} onClick={() => setOpen('merge')}>
            {merge.title}
          </Menu.Item>
          <Menu.Item
            leftSection={
              person.disabled ? (
                <IconUserCheck size={16} aria-hidden />
              ) : (
                <IconUserOff size={16} aria-hidden />
              )
            }
            onClick={() => setOpen('disable')}
          >
            {person.disabled ? entities.enable : entities.disable}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setOpen('delete')}
          >
            {common.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Dialog opened={open === 'edit'} close={close} title={admin.editTitle(name)}>
        <PersonForm given={person} path={path} close={close} save={change} />
      </Dialog>
      <Confirm
        opened={open === 'disable'}
        close={close}
        title={person.disabled ? entities.enableTitle(name) : entities.disableTitle(name)}
        action={person.disabled ? entities.enable : entities.disable}
        isGentle={person.disabled}
        command={() => writing(path, { disabled: !person.disabled })}
        run={() => change({ disabled: !person.disabled })}
      >
        <Text>{person.disabled ? entities.enableText : entities.disableText}</Text>
        {isSelf && <Text fw={600}>{entities.isSelf}</Text>}
      </Confirm>
      <Confirm
        opened={open === 'delete'}
        close={close}
        title={entities.deleteTitle(name)}
        action={common.delete}
        command={() => removing(path)}
        run={async () => {
          await deletePerson(person.id)
          await navigate({ to: '/people' as string })
          queries.removeQueries({ queryKey: ['person', person.id] })
          await refreshDirectory(queries)
          say({ text: entities.deleted(name) })
        }}
      >
        <Text>{entities.deleteText}</Text>
        {isSelf && <Text fw={600}>{entities.isSelf}</Text>}
      </Confirm>
      <MergeDialog opened={open === 'merge'} close={close} person={person} />
    </>
  )
}
