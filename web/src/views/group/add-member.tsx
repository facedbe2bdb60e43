import { Button, Group as Row, Select, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { refreshDirectory } from '../../api/administer/people.ts'
import type { Action } from '../../parts/command/action.ts'
import { Command } from '../../parts/command/command.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'

type Props = {
  readonly label: string
  readonly choices: readonly { readonly value: string; readonly label: string }[]
  /** Whether these are all that there are. */
  readonly isWhole: boolean
  readonly error: unknown
  readonly close: () => void
  readonly command: (id: string) => Action
  readonly add: (id: string) => Promise<void>
}

/** Chooses who, or which group, is to be in a group. */
export function AddMember({ label, choices, isWhole, error, close, command, add }: Props) {
  const { common, merge, teams } = useTexts()
  const queries = useQueryClient()
  const [id, setId] = useState<string | null>(null)
  const adding = useMutation({
    mutationFn: async (chosen: string) => {
      await add(chosen)
      await refreshDirectory(queries)
    },
    onSuccess: close,
  })
  return (
    <Stack>
      <Select
        label={label}
        placeholder={merge.find}
        searchable
        limit={30}
        data={choices}
        value={id}
        onChange={setId}
        nothingFoundMessage={isWhole ? teams.nothing : common.loading}
        comboboxProps={{ withinPortal: false, transitionProps: { duration: 0 } }}
        data-autofocus
      />
      {error !== null && <TroubleLine error={error} />}
      {id !== null && <Command of={() => command(id)} />}
      {adding.error !== null && <TroubleLine error={adding.error} />}
      <Row justify="flex-end">
        <Button variant="default" onClick={close}>
          {common.cancel}
        </Button>
        <Button
          disabled={id === null}
          loading={adding.isPending}
          onClick={() => id !== null && adding.mutate(id)}
        >
          {teams.add}
        </Button>
      </Row>
    </Stack>
  )
}
