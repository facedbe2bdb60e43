import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { makePerson, refreshDirectory } from '../../api/administer/people.ts'
import { PersonForm } from '../../parts/administer/person-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly opened: boolean; readonly close: () => void }

/** Makes somebody known before their first login. */
export function NewPerson({ opened, close }: Props) {
  const { entities } = useTexts()
  const queries = useQueryClient()
  const navigate = useNavigate()
  return (
    <Dialog opened={opened} close={close} title={entities.new}>
      <PersonForm
        given={{ name: '', metadata: {}, policies: [] }}
        path="identity/entity"
        close={close}
        save={async (changes) => {
          const id = await makePerson(changes)
          await refreshDirectory(queries)
          await navigate({ to: `/people/${id}` as string })
        }}
      />
    </Dialog>
  )
}
