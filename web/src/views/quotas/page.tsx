import { Button, Code, Stack, Text } from '@mantine/core'
import { IconGauge, IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { deleteQuota, type Quota, useQuotas } from '../../api/administer/quotas.ts'
import { removing } from '../../parts/administer/actions.ts'
import { PageHead } from '../../parts/administer/page-head.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import type { Column } from '../../parts/table/column.ts'
import { DataTable } from '../../parts/table/data-table.tsx'
import { type Texts, useTexts } from '../../texts/texts.ts'
import { QuotaForm } from './quota-form.tsx'

const columnsIn = ({ admin, quotas }: Texts): Column<Quota>[] => [
  { id: 'name', title: admin.name, value: ({ name }) => name },
  {
    id: 'path',
    title: quotas.covers,
    value: ({ path }) => path,
    cell: ({ path }) => (path === '' ? quotas.everything : <Code>{path}</Code>),
    width: 'minmax(0, 2fr)',
  },
  {
    id: 'rate',
    title: quotas.limit,
    value: ({ rate, interval }) => rate / interval,
    cell: ({ rate, interval }) => quotas.rate(rate, interval),
    width: 'minmax(0, 1.5fr)',
  },
  {
    id: 'for',
    title: quotas.counted,
    value: ({ byAddress }) => (byAddress ? quotas.byAddress : quotas.together),
    width: 'minmax(0, 1.5fr)',
  },
  {
    id: 'block',
    title: quotas.block,
    value: ({ block }) => block,
    cell: ({ block }) => (block === 0 ? quotas.noBlock : quotas.seconds(block)),
    width: '8rem',
  },
]

/** How many requests are taken, and from whom. */
export default function QuotasPage() {
  const texts = useTexts()
  const { admin, common, entities, quotas } = texts
  const queries = useQueryClient()
  const { data, error, isPending, refetch } = useQuotas()
  const columns = useMemo(() => columnsIn(texts), [texts])
  const [edited, setEdited] = useState<Quota | 'new'>()
  const [leaving, setLeaving] = useState<Quota>()
  if (isPending) return <Loading />
  if (data === undefined) return <Trouble isPage error={error} again={() => void refetch()} />
  const close = () => setEdited(undefined)
  return (
    <Stack>
      <PageHead
        title={quotas.title}
        lead={quotas.lead}
        tools={
          <Button
            data-key="n"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => setEdited('new')}
          >
            {quotas.new}
          </Button>
        }
      />
      <DataTable
        label={quotas.title}
        rows={data}
        columns={columns}
        idOf={({ name }) => name}
        sortedBy={{ id: 'name' }}
        actionsWidth="11rem"
        actions={(quota) => (
          <>
            <Button
              size="compact-sm"
              variant="subtle"
              aria-label={admin.editTitle(quota.name)}
              onClick={() => setEdited(quota)}
            >
              {common.edit}
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              aria-label={quotas.delete(quota.name)}
              onClick={() => setLeaving(quota)}
            >
              {common.delete}
            </Button>
          </>
        )}
        empty={<State icon={IconGauge} title={quotas.empty} text={quotas.emptyText} />}
      />
      <Text size="sm" c="dimmed">
        {quotas.noLeases}
      </Text>
      <Dialog
        opened={edited !== undefined}
        close={close}
        title={edited === undefined || edited === 'new' ? quotas.new : admin.editTitle(edited.name)}
      >
        <QuotaForm given={edited === 'new' ? undefined : edited} names={data} close={close} />
      </Dialog>
      <Confirm
        opened={leaving !== undefined}
        close={() => setLeaving(undefined)}
        title={entities.deleteTitle(leaving?.name ?? '')}
        action={common.delete}
        command={() => leaving && removing(`sys/quotas/rate-limit/${leaving.name}`)}
        run={async () => {
          if (leaving !== undefined) await deleteQuota(leaving.name)
          await queries.invalidateQueries({ queryKey: ['quotas'] })
        }}
      >
        <Text>{quotas.deleteText}</Text>
      </Confirm>
    </Stack>
  )
}
