import { Button, Group, NativeSelect, Stack } from '@mantine/core'
import { IconFileOff, IconShieldCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { checkLog, type Device, type Filter } from '../../api/audit.ts'
import { useSearchTexts } from '../../app/search.ts'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'
import { CheckResult } from './check-result.tsx'
import { FilterForm } from './filter-form.tsx'
import { LineList } from './line-list.tsx'

/** The logs that devices write on this machine. */
export function LogView({ devices }: { readonly devices: readonly Device[] }) {
  const { audit } = useTexts()
  const [search, setSearch] = useSearchTexts()
  const logs = devices
    .filter(({ isReadable }) => isReadable)
    .flatMap(({ path, logs }) =>
      logs.map(({ process }) => ({ device: path, process, id: `${path}${process}` })),
    )
  const log = logs.find(({ id }) => id === search.log) ?? logs[0]
  if (log === undefined) {
    const isNone = devices.length === 0
    return (
      <State
        icon={IconFileOff}
        title={isNone ? audit.none : audit.noReadable}
        text={isNone ? audit.noneText : audit.noReadableText}
      >
        <Button variant="default" onClick={() => setSearch({ part: 'devices' })}>
          {audit.parts.devices}
        </Button>
      </State>
    )
  }
  return (
    <Stack>
      {logs.length > 1 && (
        <NativeSelect
          label={audit.log}
          w="fit-content"
          data={logs.map(({ id, device, process }) => ({
            value: id,
            label: `${device} ${process === '' ? audit.first : audit.process(process)}`,
          }))}
          value={log.id}
          onChange={({ currentTarget }) => setSearch({ log: currentTarget.value })}
        />
      )}
      <OneLog key={log.id} device={log.device} process={log.process} />
    </Stack>
  )
}

type Props = { readonly device: string; readonly process: string }

function OneLog({ device, process }: Props) {
  const { audit } = useTexts()
  const [filter, setFilter] = useState<Filter>({ type: 'response' })
  const check = useMutation({ mutationFn: () => checkLog(device, process) })
  return (
    <Stack>
      <Group>
        <Button
          variant="default"
          leftSection={<IconShieldCheck size={18} aria-hidden />}
          onClick={() => check.mutate()}
          disabled={check.isPending}
        >
          {audit.check}
        </Button>
      </Group>
      {check.isPending && <Loading />}
      {check.error !== null && <TroubleLine error={check.error} />}
      {check.data !== undefined && !check.isPending && <CheckResult result={check.data} />}
      <FilterForm device={device} filter={filter} search={setFilter} />
      <LineList device={device} process={process} filter={filter} />
    </Stack>
  )
}
