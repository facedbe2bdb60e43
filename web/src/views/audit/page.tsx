import { SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useDevices } from '../../api/audit.ts'
import { useSearchTexts } from '../../app/search.ts'
import { Loading } from '../../parts/states/loading.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'
import { CheckFile } from './check-file.tsx'
import { DeviceList } from './device-list.tsx'
import { LogView } from './log-view.tsx'

const parts = ['log', 'devices', 'file'] as const

/** Who did what: the audit devices, their logs, and whether these are as they were written. */
export default function AuditPage() {
  const { audit } = useTexts()
  const [search, setSearch] = useSearchTexts()
  const { data, error, isPending, refetch } = useDevices()
  const part = parts.find((one) => one === search.part) ?? 'log'
  if (isPending) return <Loading />
  if (error !== null) return <Trouble isPage error={error} again={() => void refetch()} />
  return (
    <Stack maw={980}>
      <Title order={1} size="h3">
        {audit.title}
      </Title>
      <Text c="dimmed">{audit.lead}</Text>
      <SegmentedControl
        aria-label={audit.part}
        value={part}
        data={parts.map((value) => ({ value, label: audit.parts[value] }))}
        onChange={(next: string) => setSearch({ part: next })}
      />
      {part === 'log' && <LogView devices={data.devices} />}
      {part === 'devices' && <DeviceList devices={data.devices} />}
      {part === 'file' && <CheckFile publicKey={data.publicKey} />}
    </Stack>
  )
}
