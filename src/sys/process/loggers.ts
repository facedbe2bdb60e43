import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import { field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { type LogLevel, logLevels } from './services.ts'

/** There is one log, so it has one name. */
const only = 'coffer'
/** Other names of levels that clients send. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['notice', 'info'],
  ['warning', 'warn'],
  ['err', 'error'],
])

const fields = { level: field.string('trace, debug, info, warn or error.', { maxLength: 16 }) }

/** The log of the node that answers; a process of it has its configured level again when it starts anew. */
export function loggerRoutes(log: LogLevel | undefined) {
  const need = () => log ?? fail('unsupported_path', 'this server has no log')
  const first = log?.read()

  function named({ params: { name } }: SystemContext): void {
    if (name !== undefined && name !== only)
      fail('not_found', `there is no logger but ${JSON.stringify(only)}`)
  }

  const operations = {
    read: (context: SystemContext) => {
      named(context)
      return { data: { [only]: need().read() } }
    },
    update: (context: SystemContext, { level = '' }: { level?: string }) => {
      named(context)
      if (level === '') fail('invalid_request', 'level is required')
      const wanted = aliases.get(level.toLowerCase()) ?? level.toLowerCase()
      if (!logLevels.some((known) => known === wanted)) {
        fail('invalid_request', `invalid level provided: unknown log level: ${level}`)
      }
      const { set } = need()
      context.tx.afterCommit(() => set(wanted))
      return {}
    },
    delete: (context: SystemContext) => {
      named(context)
      const { set } = need()
      if (first !== undefined) context.tx.afterCommit(() => set(first))
      return {}
    },
  }
  const answers = { read: answer.data(shape.texts('Levels by the names of logs.')) }
  const summary = 'Show, change and take back from which level on this node logs.'
  return ['loggers', 'loggers/{name}'].map((path) =>
    systemRoute({ path, summary, fields, answers, operations }),
  )
}
