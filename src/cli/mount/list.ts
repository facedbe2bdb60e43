import type { JsonObject } from '../../base/json/json.ts'
import { objectOf } from '../../client/index.ts'
import { durationText } from '../input/duration.ts'
import { cell } from '../output/cell.ts'
import { type Formatted, show } from '../output/format.ts'
import { table } from '../output/table.ts'

/** Shows the mounts of a table; `detailed` adds their settings. */
export async function showMounts(
  call: Formatted,
  mounts: Record<string, JsonObject>,
  detailed: boolean,
): Promise<void> {
  const sorted = Object.entries(mounts).sort(([a], [b]) => (a < b ? -1 : 1))
  await show(call, mounts, () => (detailed ? detailedTable(sorted) : simpleTable(sorted)))
}

type Mounts = readonly (readonly [string, JsonObject])[]

const simpleTable = (mounts: Mounts): string =>
  table(
    ['Path', 'Type', 'Accessor', 'Description'],
    mounts.map(([path, mount]) => [
      path,
      cell(mount.type),
      cell(mount.accessor),
      cell(mount.description) || 'n/a',
    ]),
  )

const detailedTable = (mounts: Mounts): string =>
  table(
    [
      'Path',
      'Type',
      'Accessor',
      'Default TTL',
      'Max TTL',
      'Options',
      'Local',
      'Seal Wrap',
      'Description',
      'UUID',
    ],
    mounts.map(([path, mount]) => {
      const config = objectOf(mount.config)
      return [
        path,
        cell(mount.type),
        cell(mount.accessor),
        limit(config.default_lease_ttl),
        limit(config.max_lease_ttl),
        mount.options === null ? '{}' : cell(mount.options),
        cell(mount.local),
        cell(mount.seal_wrap),
        cell(mount.description) || 'n/a',
        cell(mount.uuid),
      ]
    }),
  )

/** A limit of 0 is that of the server. */
const limit = (value: JsonObject[string] | undefined): string =>
  typeof value === 'number' && value !== 0 ? durationText(value) : 'system'
