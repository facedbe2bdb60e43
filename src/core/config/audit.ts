import { deviceOptions } from '../../audit/options.ts'
import { isFailure } from '../../base/errors.ts'
import { failAt, type HclBlock } from '../../base/hcl/hcl.ts'
import { key, needed } from './keys.ts'
import { type Reader, readSection, section } from './section.ts'

/** An audit device that the configuration brings along. */
export type AuditConfig = {
  readonly type: string
  /** Its name, as `sys/audit` shows it; without a slash at its end. */
  readonly name: string
  readonly description: string
  /** With Vault's names, checked. */
  readonly options: Readonly<Record<string, string>>
}

export const auditSection = section({
  title: 'audit "file" "<name>"',
  about:
    'An audit device that is there from the first request on. Others can be enabled with `sys/audit`. A log of a file may not lie in the folder of the data, which is the one that holds the store’s file, nor in that of the seal’s key. Beside `file` there are `socket` and `syslog`, whose options [audit.md](audit.md) lists.',
  example: `audit "file" "main" {
  options {
    file_path = "/var/log/coffer/audit.log"
  }
}`,
  keys: {
    description: key.text('What the device is for.'),
    options: needed(
      key.map(
        'Of a file: `file_path` (needed; absolute, or `stdout` or `discard`), `mode`, `hmac_accessor`, `log_raw`, `elide_list_responses`.',
      ),
    ),
  },
  ignored: {
    local: 'each node has its own file anyway',
  },
})

export function readAudit({ labels, at, body }: HclBlock, reader: Reader): AuditConfig {
  const [type = '', path = ''] = labels
  const { values, at: placeOf } = readSection(
    auditSection,
    body,
    reader,
    `audit ${JSON.stringify(type)} ${JSON.stringify(path)}`,
  )
  const name = path.replace(/\/$/, '')
  if (!/^\w[\w.-]*(?:\/\w[\w.-]*)*$/.test(name)) {
    failAt(
      reader.source,
      at,
      'the name of an audit device may hold letters, digits, "_", "-", "." and "/", and no part of it may begin with a mark but "_"',
    )
  }
  try {
    deviceOptions(type, values.options)
  } catch (error) {
    if (!isFailure(error, 'invalid_request')) throw error
    failAt(
      reader.source,
      ['file', 'socket', 'syslog'].includes(type) ? placeOf('options') : at,
      `audit ${JSON.stringify(name)}: ${error.message}`,
    )
  }
  return { type, name, description: values.description ?? '', options: values.options }
}
