import type { JsonObject } from '../../../../../src/base/json/json.ts'
import type { Operation } from '../../../api/description/operations.ts'
import { Facts } from '../../../parts/administer/facts.tsx'

type Props = { readonly operation: Operation | undefined; readonly data: JsonObject }

/** What is stored and cannot be written as it is; nothing secret of it. */
export function ReadOnly({ operation, data }: Props) {
  const { seen } = operation?.seen({ data }) ?? { seen: {} }
  const fields: unknown = typeof seen === 'object' && seen !== null && 'data' in seen ? seen.data : {}
  return (
    <Facts
      facts={Object.entries(fields ?? {}).map(([name, value]) => ({
        name,
        value: <bdi>{typeof value === 'string' ? value : JSON.stringify(value)}</bdi>,
      }))}
    />
  )
}
