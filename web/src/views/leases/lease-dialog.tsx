import { Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { revokeLease, useLease } from '../../api/administer/leases.ts'
import { writing } from '../../parts/administer/actions.ts'
import { Facts } from '../../parts/administer/facts.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { moment } from '../../texts/times.ts'
import { OwnLease, useOwnPath } from './own-lease.tsx'

type Props = { readonly id: string | undefined; readonly close: () => void }

/** One lease, and a way to end it. */
export function LeaseDialog({ id, close }: Props) {
  const texts = useTexts()
  const { leases: words } = texts
  const queries = useQueryClient()
  const say = useToast()
  const { data: lease, error, isPending } = useLease(id)
  const own = useOwnPath()
  const [sure, setSure] = useState(false)
  const isOwn = own !== '' && id?.startsWith(`${own}/h`) === true
  const leave = () => {
    setSure(false)
    close()
  }
  const time = (value: string) => (value === '' ? '–' : moment(texts, value))
  return (
    <Confirm
      opened={id !== undefined}
      close={leave}
      title={words.one}
      action={words.end}
      command={() =>
        id === undefined
          ? undefined
          : {
              ...writing('sys/leases/revoke', { lease_id: id }),
              coffer: { command: 'lease revoke', args: [id] },
            }
      }
      run={
        lease === undefined || (isOwn && !sure)
          ? undefined
          : async () => {
              await revokeLease(lease.id)
              await queries.invalidateQueries({ queryKey: ['leases'] })
              await queries.invalidateQueries({ queryKey: ['tokens'] })
              say({ text: words.ended })
            }
      }
    >
      <Text ff="monospace" size="sm" dir="ltr">
        {id}
      </Text>
      {error !== null && <TroubleLine error={error} />}
      {isPending && id !== undefined && <Loading />}
      {lease !== undefined && (
        <Facts
          facts={[
            { name: words.issued, value: time(lease.issued) },
            { name: words.ends, value: time(lease.ends) },
            { name: words.renewed, value: time(lease.renewed) },
            { name: words.renewable, value: lease.renewable ? words.yes : words.no },
          ]}
        />
      )}
      <Text>{words.endText}</Text>
      {isOwn && <OwnLease title={words.maybeOwn} sure={sure} change={setSure} />}
    </Confirm>
  )
}
