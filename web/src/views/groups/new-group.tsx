import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { makeGroup } from '../../api/administer/groups.ts'
import { refreshDirectory } from '../../api/administer/people.ts'
import { GroupForm } from '../../parts/administer/group-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly opened: boolean; readonly close: () => void }

export function NewGroup({ opened, close }: Props) {
  const { teams } = useTexts()
  const queries = useQueryClient()
  const navigate = useNavigate()
  return (
    <Dialog opened={opened} close={close} title={teams.new}>
      <GroupForm
        given={undefined}
        path="identity/group"
        close={close}
        save={async (changes) => {
          const id = await makeGroup(changes)
          await refreshDirectory(queries)
          await navigate({ to: `/groups/${id}` as string })
        }}
      />
    </Dialog>
  )
}
