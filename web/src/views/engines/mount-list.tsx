import { Button, SegmentedControl, Stack } from '@mantine/core'
import { IconPlus, IconServerOff } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useAllowed } from '../../api/acl.ts'
import {
  type MountRow,
  type MountType,
  type Table,
  useMounts,
  useMountTypes,
  versionOf,
} from '../../api/mounts.ts'
import { useSearchTexts } from '../../app/search.ts'
import admin from '../../parts/administer/administer.module.css'
import { PageHead } from '../../parts/administer/page-head.tsx'
import { LinkTo } from '../../parts/link-to.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import type { Column } from '../../parts/table/column.ts'
import { DataTable } from '../../parts/table/data-table.tsx'
import { type Texts, useTexts } from '../../texts/texts.ts'
import { EnableMount } from './enable-mount.tsx'

/** What is mounted, and a way to mount more. */
export function MountList({ table }: { readonly table: Table }) {
  const texts = useTexts()
  const { engines } = texts
  const [, search] = useSearchTexts()
  const allowed = useAllowed()
  const { data, error, isPending, refetch } = useMounts(table)
  const [enabling, setEnabling] = useState(false)
  const { data: types } = useMountTypes(table)
  const columns = useMemo(() => columnsIn(texts, types ?? []), [texts, types])
  const mayEnable = allowed(table === 'auth' ? 'sys/auth/+' : 'sys/mounts/+', 'create', 'update')
  return (
    <Stack>
      <PageHead
        title={engines.title}
        lead={engines.lead}
        tools={
          mayEnable && (
            <Button
              data-key="n"
              leftSection={<IconPlus size={18} aria-hidden />}
              onClick={() => setEnabling(true)}
            >
              {engines.enable[table]}
            </Button>
          )
        }
      />
      <div>
        <SegmentedControl
          aria-label={engines.kind}
          value={table}
          onChange={(value) => search({ kind: value })}
          data={[
            { value: 'secrets', label: engines.kinds.secrets },
            { value: 'auth', label: engines.kinds.auth },
          ]}
        />
      </div>
      {isPending ? (
        <Loading />
      ) : error !== null && data === undefined ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : (
        <DataTable
          label={engines.kinds[table]}
          rows={data ?? []}
          columns={columns}
          idOf={({ path }) => path}
          sortedBy={{ id: 'path' }}
          empty={<State icon={IconServerOff} title={engines.empty} text={engines.emptyText} />}
        />
      )}
      <EnableMount
        table={table}
        opened={enabling}
        close={() => setEnabling(false)}
        done={(path) => {
          setEnabling(false)
          search({ kind: table, at: path })
        }}
      />
    </Stack>
  )
}

const columnsIn = ({ engines }: Texts, types: readonly MountType[]): Column<MountRow>[] => [
  {
    id: 'path',
    title: engines.path,
    value: ({ path }) => path,
    cell: ({ path, table }) => (
      <LinkTo to="/engines" search={{ kind: table, at: path }} className={admin.link}>
        <bdi>{path}</bdi>
      </LinkTo>
    ),
  },
  { id: 'type', title: engines.type, value: typeOf, width: 'minmax(0, 0.7fr)' },
  { id: 'description', title: engines.description, value: ({ description }) => description || undefined },
  { id: 'version', title: engines.version, value: (mount) => versionOf(mount, types) || undefined },
  { id: 'accessor', title: engines.accessor, value: ({ accessor }) => accessor },
]

/** With the version of its own options, as that of a KV engine. */
export const typeOf = ({ type, options }: MountRow): string =>
  typeof options.version === 'string' ? `${type} ${options.version}` : type
