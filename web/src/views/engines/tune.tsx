import type { Operation } from '../../api/description/operations.ts'
import { type MountRow, mountRoute, useTuning } from '../../api/mounts.ts'
import { Section } from '../../parts/administer/section.tsx'
import { WriteForm } from '../../parts/operation/write-form.tsx'
import { withChoices } from '../../parts/shape-form/groups.ts'
import { Loading } from '../../parts/states/loading.tsx'
import { Trouble } from '../../parts/states/trouble.tsx'
import { useTexts } from '../../texts/texts.ts'

type Props = { readonly mount: MountRow; readonly operations: readonly Operation[] }

/** What is settled once a mount is there. */
const settled = new Set(['type', 'config'])

/** The settings that every mount has, changed one by one. */
export function Tune({ mount, operations }: Props) {
  const { engines } = useTexts()
  const { table, path } = mount
  const { data, error, isPending, refetch } = useTuning(table, path)
  const route = mountRoute(table, '{path}')
  const write = operations.find((one) => one.method === 'POST' && one.path === route)
  const read = operations.find((one) => one.method === 'GET' && one.path === route)
  if (write === undefined) return null
  const fields = withChoices(
    write.body.filter(({ name }) => !settled.has(name)),
    read?.answer ?? [],
  )
  return (
    <Section title={engines.settings}>
      {isPending ? (
        <Loading />
      ) : data === undefined ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : (
        <WriteForm
          operation={{ ...write, keepsOthers: true }}
          fields={fields}
          given={{ path: `${path.replace(/\/$/, '')}/tune` }}
          current={data}
          saved={engines.tuned(path)}
        />
      )}
    </Section>
  )
}
