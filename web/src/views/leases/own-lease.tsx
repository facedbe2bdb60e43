import { Alert, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { textOf } from '../../../../src/client/shape.ts'
import { api } from '../../api/client.ts'
import { useTexts } from '../../texts/texts.ts'

/** The path that made the session's token, below which its lease lies; empty until it is known. */
export function useOwnPath(): string {
  const { data = '' } = useQuery({
    queryKey: ['own-path'],
    queryFn: async () => textOf((await api.token.lookup({ kind: 'self' })).data?.path),
    staleTime: 300_000,
  })
  return data
}

type Props = {
  readonly title: string
  readonly sure: boolean
  readonly change: (sure: boolean) => void
}

/** Asks once more where one's own session may be among what ends. */
export function OwnLease({ title, sure, change }: Props) {
  const { leases } = useTexts()
  return (
    <Alert color="red" title={title}>
      <Checkbox
        label={leases.ownSure}
        checked={sure}
        onChange={({ currentTarget }) => change(currentTarget.checked)}
      />
    </Alert>
  )
}
