import { versionsCommand } from './versions.ts'

export const destroyCommand = versionsCommand({
  name: 'destroy',
  summary: 'Removes the data of versions of a secret for good',
  examples: [['Destroy two versions', 'coffer kv destroy -versions=1,2 secrets/app/db']],
  doing: 'destroying',
  did: 'destroyed',
  act: (api, mount, path, versions) => api.kv.destroy(mount, path, versions),
})
