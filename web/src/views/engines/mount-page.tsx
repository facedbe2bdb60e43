import { Stack } from '@mantine/core'
import { IconServerOff } from '@tabler/icons-react'
import { useOperations } from '../../api/description/use-operations.ts'
import { mountPoint, type Table, useMounts, useMountTypes, versionOf } from '../../api/mounts.ts'
import { useSearchTexts } from '../../app/search.ts'
import { Facts } from '../../parts/administer/facts.tsx'
import { PageHead } from '../../parts/administer/page-head.tsx'
import { Loading } from '../../parts/states/loading.tsx'
import { State } from '../../parts/states/state.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'
import { Ending } from './ending.tsx'
import { typeOf } from './mount-list.tsx'
import { Parts } from './parts.tsx'
import { CollectionPart } from './resources/collection-part.tsx'
import { resourcesOf } from './resources/resources.ts'
import { SettingPart } from './resources/setting-part.tsx'
import { Tune } from './tune.tsx'

type Props = { readonly table: Table; readonly path: string }

/** One secrets engine or auth method: what it is, and all that can be set in it. */
export function MountPage({ table, path }: Props) {
  const { engines } = useTexts()
  const [{ part = '' }] = useSearchTexts()
  const mounts = useMounts(table)
  const { data: types = [] } = useMountTypes(table)
  const { data: operations, error, refetch } = useOperations()
  const mount = mounts.data?.find((one) => one.path === path)
  const above = { label: engines.title, to: '/engines', search: { kind: table } }
  if (mounts.isPending) return <Loading />
  if (mounts.data === undefined) {
    return <Trouble isPage error={mounts.error} again={() => void mounts.refetch()} />
  }
  if (mount === undefined) {
    return <State isPage icon={IconServerOff} title={engines.gone} text={engines.goneText} />
  }
  const version = versionOf(mount, types)
  const resources = operations === undefined ? [] : resourcesOf(operations, mountPoint(mount))
  const chosen = resources.find(({ name }) => name === part)
  return (
    <Stack>
      <PageHead title={mountPoint(mount)} lead={mount.description} above={above} />
      <Facts
        facts={[
          { name: engines.type, value: <bdi>{typeOf(mount)}</bdi> },
          ...(version === '' ? [] : [{ name: engines.version, value: <bdi>{version}</bdi> }]),
          { name: engines.accessor, value: <bdi>{mount.accessor}</bdi> },
        ]}
      />
      {operations === undefined && error !== null ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : operations === undefined ? (
        <Loading />
      ) : (
        <>
          <Parts table={table} path={path} chosen={chosen?.name ?? ''} resources={resources} />
          {chosen === undefined && <Tune mount={mount} operations={operations} />}
          {chosen === undefined && <Ending mount={mount} />}
          {chosen?.kind === 'setting' && <SettingPart key={chosen.name} setting={chosen} />}
          {chosen?.kind === 'collection' && <CollectionPart key={chosen.name} collection={chosen} />}
        </>
      )}
    </Stack>
  )
}
