import { Alert, Stack, Text } from '@mantine/core'
import { IconUserOff } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { useGroups } from '../../api/administer/groups.ts'
import { usePerson } from '../../api/administer/people.ts'
import { Missing } from '../../app/states/missing.tsx'
import { called } from '../../parts/administer/called.ts'
import { PageHead } from '../../parts/administer/page-head.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'
import { Groups } from './groups.tsx'
import { Logins } from './logins.tsx'
import { Metadata } from './metadata.tsx'
import { Policies } from './policies.tsx'
import { Tools } from './tools.tsx'
import { Use } from './use.tsx'

/** Somebody: how they log in, what they may do and why, and what is to be done about them. */
export default function PersonPage() {
  const { entities } = useTexts()
  const { person: id = '' } = useParams({ strict: false }) as { person?: string } // the path of this view
  const { data: person, error, isPending, refetch } = usePerson(id)
  const groups = useGroups()
  if (isPending) return <Loading />
  if (person === undefined) return <Trouble isPage error={error} again={() => void refetch()} />
  if (person === null) return <Missing />
  return (
    <Stack maw={900}>
      <PageHead
        title={called(person)}
        lead={
          <Text span size="sm" dir="ltr">
            {person.name} · {person.id}
          </Text>
        }
        above={{ label: entities.title, to: '/people' }}
        tools={<Tools person={person} />}
      />
      {person.disabled && (
        <Alert color="red" icon={<IconUserOff aria-hidden />} title={entities.disabledTitle}>
          {entities.disabledText}
        </Alert>
      )}
      <Logins person={person} />
      <Groups person={person} groups={groups} />
      <Policies person={person} groups={groups} />
      <Use person={person} />
      <Metadata person={person} />
    </Stack>
  )
}
