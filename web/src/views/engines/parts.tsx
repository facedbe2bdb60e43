import type { Table } from '../../api/mounts.ts'
import tabs from '../../parts/administer/tabs.module.css'
import { LinkTo } from '../../parts/link-to.tsx'
import { useTexts } from '../../texts/texts.ts'
import type { Resource } from './resources/resources.ts'

type Props = {
  readonly table: Table
  readonly path: string
  /** Empty for the settings of the mount itself. */
  readonly chosen: string
  readonly resources: readonly Resource[]
}

/** What can be looked at in a mount, by the names that the API has for it. */
export function Parts({ table, path, chosen, resources }: Props) {
  const { engines } = useTexts()
  const all = [{ name: '', label: engines.settings }, ...resources.map(({ name }) => ({ name, label: name }))]
  return (
    <nav className={tabs.tabs} aria-label={engines.parts}>
      {all.map(({ name, label }) => (
        <LinkTo
          key={name}
          to="/engines"
          search={{ kind: table, at: path, ...(name !== '' && { part: name }) }}
          className={tabs.tab}
          aria-current={name === chosen ? 'page' : undefined}
        >
          {label}
        </LinkTo>
      ))}
    </nav>
  )
}
