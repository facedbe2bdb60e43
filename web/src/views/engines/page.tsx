import type { Table } from '../../api/mounts.ts'
import { useSearchTexts } from '../../app/search.ts'
import { MountList } from './mount-list.tsx'
import { MountPage } from './mount-page.tsx'

/** The secrets engines and the auth methods: all of one kind, or one of them. */
export default function EnginesPage() {
  const [{ kind, at }] = useSearchTexts()
  const table: Table = kind === 'auth' ? 'auth' : 'secrets'
  return at === undefined || at === '' ? (
    <MountList key={table} table={table} />
  ) : (
    <MountPage key={`${table} ${at}`} table={table} path={at} />
  )
}
