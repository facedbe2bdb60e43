import { Checkbox, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { forceBelow, revokeBelow } from '../../api/administer/leases.ts'
import type { Action } from '../../parts/command/action.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { OwnLease, useOwnPath } from './own-lease.tsx'

type Props = { readonly prefix: string | undefined; readonly close: () => void }

/** The end of everything below a path. */
function endingBelow(prefix: string, force: boolean): Action {
  const below = prefix.replace(/\/$/, '')
  return {
    request: { method: 'POST', path: `sys/leases/revoke-${force ? 'force' : 'prefix'}/${below}` },
    coffer: {
      command: 'lease revoke',
      flags: force ? ['-force', '-prefix'] : ['-prefix'],
      args: [below],
    },
  }
}

/** Asks before everything ends that was given out below a path. */
export function RevokePrefix({ prefix, close }: Props) {
  const { leases: words } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const own = useOwnPath()
  const [force, setForce] = useState(false)
  const [sure, setSure] = useState(false)
  const isOwn = prefix !== undefined && own !== '' && `${own}/`.startsWith(prefix)
  const leave = () => {
    setForce(false)
    setSure(false)
    close()
  }
  return (
    <Confirm
      opened={prefix !== undefined}
      close={leave}
      title={words.endBelow(prefix ?? '')}
      action={words.endAll}
      command={() => (prefix === undefined ? undefined : endingBelow(prefix, force))}
      run={
        prefix === undefined || (isOwn && !sure)
          ? undefined
          : async () => {
              await (force ? forceBelow : revokeBelow)(prefix)
              await queries.invalidateQueries({ queryKey: ['leases'] })
              await queries.invalidateQueries({ queryKey: ['tokens'] })
              say({ text: words.endedBelow(prefix) })
            }
      }
    >
      <Text>{words.endBelowText}</Text>
      <Checkbox
        label={words.force}
        description={words.forceText}
        checked={force}
        onChange={({ currentTarget }) => setForce(currentTarget.checked)}
      />
      {isOwn && <OwnLease title={words.ownBelow} sure={sure} change={setSure} />}
    </Confirm>
  )
}
