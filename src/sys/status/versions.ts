import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { versionHistory } from '../../backend/settings/version-history.ts'

export const versionHistoryRoute = systemRoute({
  path: 'version-history',
  summary: 'List the versions of the server that have served this store, oldest first.',
  answers: {
    list: answer.namesWith({
      build_date: shape.time(),
      previous_version: shape.orNull(shape.string()),
      timestamp_installed: shape.time(),
    }),
  },
  operations: {},
  list: async ({ tx }) => {
    const versions = await versionHistory(tx)
    const info = versions.map(({ version, buildDate, installed }, i) => [
      version,
      {
        build_date: buildDate,
        previous_version: versions[i - 1]?.version ?? null,
        timestamp_installed: new Date(installed).toISOString(),
      },
    ])
    return { data: { keys: versions.map(({ version }) => version), key_info: Object.fromEntries(info) } }
  },
})
