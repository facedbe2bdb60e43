import { versionsCommand } from './versions.ts'

export const undeleteCommand = versionsCommand({
  name: 'undelete',
  summary: 'Brings deleted versions of a secret back',
  examples: [['Bring the first version back', 'coffer kv undelete -versions=1 secrets/app/db']],
  doing: 'undeleting',
  did: 'undeleted',
  act: (api, mount, path, versions) => api.kv.undelete(mount, path, versions),
})
