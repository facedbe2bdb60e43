import { Button, Group } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { refresh } from '../../../api/secrets.ts'
import { bringBack, deleteVersion, type History, type Version } from '../../../api/versions.ts'
import { useTexts } from '../../../texts/texts.ts'
import { TroubleLine } from '../../states/trouble-line.tsx'
import { useToast } from '../../toasts/context.ts'
import { DestroyVersion } from './destroy-version.tsx'
import { RollBack } from './roll-back.tsx'

type Props = {
  readonly history: History
  readonly version: Version
  readonly writable: boolean
  readonly comparing: boolean
  /** Undefined where there is nothing to compare. */
  readonly compare: (() => void) | undefined
}

/** What can be done with a version. */
export function VersionTools({ history, version, writable, comparing, compare }: Props) {
  const { history: words } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const [open, setOpen] = useState<'roll-back' | 'destroy'>()
  const { number, state } = version
  const change = useMutation({
    mutationFn: async () => (state === 'deleted' ? bringBack : deleteVersion)(history, number),
    onSuccess: async () => {
      say({ text: (state === 'deleted' ? words.backAgain : words.nowDeleted)(number) })
      await refresh(queries)
    },
  })
  const isCurrent = number === history.current
  const look = { size: 'compact-sm', variant: 'subtle' } as const
  const close = () => setOpen(undefined)
  return (
    <>
      <Group gap={4} ms={-8}>
        {compare !== undefined && (
          <Button {...look} aria-label={words.changesOf(number)} aria-expanded={comparing} onClick={compare}>
            {words.changes}
          </Button>
        )}
        {writable && state === 'kept' && !isCurrent && (
          <Button {...look} aria-label={words.rollBackTo(number)} onClick={() => setOpen('roll-back')}>
            {words.rollBack}
          </Button>
        )}
        {writable && (state === 'deleted' || (state === 'kept' && !isCurrent)) && (
          <Button
            {...look}
            aria-label={(state === 'deleted' ? words.bringBackOf : words.deleteOf)(number)}
            loading={change.isPending}
            onClick={() => change.mutate()}
          >
            {state === 'deleted' ? words.bringBack : words.delete}
          </Button>
        )}
        {writable && state !== 'destroyed' && (
          <Button
            {...look}
            color="red"
            aria-label={words.destroyOf(number)}
            onClick={() => setOpen('destroy')}
          >
            {words.destroy}
          </Button>
        )}
      </Group>
      {change.error !== null && <TroubleLine error={change.error} />}
      <RollBack opened={open === 'roll-back'} close={close} history={history} number={number} />
      <DestroyVersion opened={open === 'destroy'} close={close} history={history} number={number} />
    </>
  )
}
