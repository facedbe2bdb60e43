import { Button, Stack } from '@mantine/core'
import { IconPlus, IconStack2 } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useItems } from '../../../api/items.ts'
import { moreOf } from '../../../api/pages.ts'
import { useSearchTexts } from '../../../app/search.ts'
import admin from '../../../parts/administer/administer.module.css'
import { Section } from '../../../parts/administer/section.tsx'
import { LinkTo } from '../../../parts/link-to.tsx'
import { WriteForm } from '../../../parts/operation/write-form.tsx'
import { withChoices } from '../../../parts/shape-form/groups.ts'
import { Loading } from '../../../parts/states/loading.tsx'
import { State } from '../../../parts/states/state.tsx'
import { Trouble } from '../../../parts/states/trouble.tsx'
import type { Column } from '../../../parts/table/column.ts'
import { DataTable } from '../../../parts/table/data-table.tsx'
import { useTexts } from '../../../texts/texts.ts'
import { ItemPart } from './item-part.tsx'
import type { Collection } from './resources.ts'

type Row = { readonly name: string }

/** What a mount has by names: all of them, one, or a new one. */
export function CollectionPart({ collection }: { readonly collection: Collection }) {
  const { engines } = useTexts()
  const [search, setSearch] = useSearchTexts()
  const { item, new: isNew } = search
  const { name, write, read } = collection
  const go = (change: Readonly<Record<string, string | undefined>>) =>
    setSearch({ ...search, item: undefined, new: undefined, ...change })
  if (isNew !== undefined && write !== undefined) {
    return (
      <Section title={engines.newOne(name)}>
        <WriteForm
          operation={write}
          fields={withChoices(write.body, read?.answer ?? [])}
          given={{}}
          saved={engines.saved(name)}
          done={({ parameters }) => go({ item: parameters[collection.parameter] ?? '' })}
          cancel={() => go({})}
        />
      </Section>
    )
  }
  if (item !== undefined) {
    return <ItemPart key={item} collection={collection} name={item} back={() => go({})} />
  }
  return <Names collection={collection} add={write && (() => go({ new: 'yes' }))} />
}

type NamesProps = { readonly collection: Collection; readonly add: (() => void) | undefined }

function Names({ collection: { list, name }, add }: NamesProps) {
  const { engines } = useTexts()
  const [search] = useSearchTexts()
  const query = useItems(list.path)
  const { data, error, isPending, refetch } = query
  const rows = useMemo(() => data?.pages.flat().map((one) => ({ name: one })) ?? [], [data])
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'name',
        title: engines.name,
        value: (row) => row.name,
        cell: (row) => (
          <LinkTo to="/engines" search={{ ...search, item: row.name }} className={admin.link}>
            <bdi>{row.name}</bdi>
          </LinkTo>
        ),
      },
    ],
    [engines, search],
  )
  const tools = add !== undefined && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={add}>
      {engines.newAction}
    </Button>
  )
  return (
    <Section title={name} tools={tools}>
      <Stack>
        {isPending ? (
          <Loading />
        ) : data === undefined ? (
          <Trouble error={error} again={() => void refetch()} />
        ) : (
          <DataTable
            label={list.path}
            rows={rows}
            columns={columns}
            idOf={(row) => row.name}
            sortedBy={{ id: 'name' }}
            more={moreOf(query)}
            empty={<State icon={IconStack2} title={engines.none} text={engines.noneText} />}
          />
        )}
      </Stack>
    </Section>
  )
}
