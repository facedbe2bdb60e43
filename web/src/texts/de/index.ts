import type { Texts } from '../shape.ts'
import { access } from './access.ts'
import { activity } from './activity.ts'
import { api } from './api.ts'
import { audit } from './audit.ts'
import { bin } from './bin.ts'
import { command } from './command.ts'
import { counts } from './counts.ts'
import { directory } from './directory.ts'
import { engines } from './engines.ts'
import { fields } from './fields.ts'
import { find } from './find.ts'
import { frame } from './frame.ts'
import { login } from './login.ts'
import { many } from './many.ts'
import { places } from './places.ts'
import { policies } from './policies.ts'
import { quotas } from './quotas.ts'
import { secret } from './secret.ts'
import { server } from './server.ts'
import { setUp } from './set-up.ts'
import { share } from './share.ts'
import { table } from './table.ts'
import { tokens } from './tokens.ts'

export const de: Texts = {
  ...access,
  ...activity,
  ...api,
  ...audit,
  ...bin,
  ...command,
  ...counts,
  ...directory,
  ...engines,
  ...fields,
  ...find,
  ...frame,
  ...login,
  ...many,
  ...places,
  ...policies,
  ...quotas,
  ...secret,
  ...server,
  ...setUp,
  ...share,
  ...table,
  ...tokens,
}
