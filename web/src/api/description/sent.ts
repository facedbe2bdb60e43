import type { JsonObject } from '../../../../src/base/json/json.ts'
import type { Operation } from './operations.ts'

/** What an operation is sent with. */
export type Sent = {
  /** The values of its parameters in the path. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: JsonObject
  readonly body: JsonObject
}

/** The path with what stands for its parameters. */
export const filledPath = ({ path }: Pick<Operation, 'path'>, parameters: Sent['parameters']): string =>
  path.replace(/\{([^}]+)\}/g, (_, name: string) => (parameters[name] ?? '').replace(/^\/+/, ''))

/** Texts of a query. */
export const queryOf = (query: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : JSON.stringify(value),
    ]),
  )
