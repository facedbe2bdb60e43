import type { JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import type { Client } from '../calls.ts'
import { objectsOf } from '../shape.ts'

export type AuditDevice = {
  readonly type: string
  readonly description?: string
  readonly local?: boolean
  readonly options: Readonly<Record<string, string>>
}

export type AuditApi = {
  /** By path, with the trailing slash. */
  list(): Promise<Record<string, JsonObject>>
  enable(path: string, device: AuditDevice): Promise<Answer>
  disable(path: string): Promise<Answer>
}

export const auditApi = (client: Client): AuditApi => ({
  list: async () => objectsOf((await client.call('GET', 'sys/audit')).data ?? {}),
  enable: (path, device) => client.write(`sys/audit/${path}`, { ...device, options: { ...device.options } }),
  disable: (path) => client.delete(`sys/audit/${path}`),
})
