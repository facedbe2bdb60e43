import { Button, Text } from '@mantine/core'
import { IconEdit, IconTrash } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { changeGroup, deleteGroup } from '../../api/administer/groups.ts'
import { refreshDirectory } from '../../api/administer/people.ts'
import type { Group } from '../../api/administer/shapes.ts'
import { removing } from '../../parts/administer/actions.ts'
import { GroupForm } from '../../parts/administer/group-form.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'

/** What can be done about a group. */
export function Tools({ group }: { readonly group: Group }) {
  const { admin, common, entities, teams } = useTexts()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const say = useToast()
  const [open, setOpen] = useState<'edit' | 'delete'>()
  const close = () => setOpen(undefined)
  const path = `identity/group/id/${group.id}`
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconEdit size={18} aria-hidden />}
        onClick={() => setOpen('edit')}
      >
        {common.edit}
      </Button>
      <Button
        variant="default"
        c="red"
        leftSection={<IconTrash size={18} aria-hidden />}
        onClick={() => setOpen('delete')}
      >
        {common.delete}
      </Button>
      <Dialog opened={open === 'edit'} close={close} title={admin.editTitle(group.name)}>
        <GroupForm
          given={group}
          path={path}
          close={close}
          save={async (changes) => {
            await changeGroup(group.id, changes)
            await refreshDirectory(queries)
          }}
        />
      </Dialog>
      <Confirm
        opened={open === 'delete'}
        close={close}
        title={entities.deleteTitle(group.name)}
        action={common.delete}
        command={() => removing(path)}
        run={async () => {
          await deleteGroup(group.id)
          await navigate({ to: '/groups' as string })
          queries.removeQueries({ queryKey: ['group', group.id] })
          await refreshDirectory(queries)
          say({ text: entities.deleted(group.name) })
        }}
      >
        <Text>{teams.deleteText(group.policies.join(', '))}</Text>
        {group.vos.length > 0 && <Text fw={600}>{teams.deleteVo}</Text>}
      </Confirm>
    </>
  )
}
