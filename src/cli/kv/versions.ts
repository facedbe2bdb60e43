import { fail } from '../../base/errors.ts'
import { type Api, type KvMount, kvPath } from '../../client/index.ts'
import { defineCommand, one } from '../command/command.ts'
import { wholes } from '../command/flag.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { locate, mountFlag, versionedPlace } from './locate.ts'

type Act = {
  readonly name: string
  readonly summary: string
  readonly examples: [string, string][]
  /** `undeleting`, `undeleted`: what is being done, and what was. */
  readonly doing: string
  readonly did: string
  readonly act: (api: Api, mount: KvMount, path: string, versions: readonly number[]) => Promise<unknown>
}

/** A command that does something with some versions of a secret. */
export const versionsCommand = ({ name, summary, examples, doing, did, act }: Act) =>
  defineCommand({
    name,
    summary,
    examples,
    args: { path: one('Path of the secret.') },
    flags: {
      ...mountFlag,
      versions: wholes('The versions; separated by commas.', 'numbers'),
      ...formatFlag,
      ...connectionFlags,
    },
    doing: ({ args }) => `${doing} ${args.path}`,
    run: (call) =>
      withApi(call, async (api) => {
        const { versions } = call.flags
        if (versions === undefined) fail('invalid_request', 'say which versions: -versions=1,2')
        const { mount, path } = versionedPlace(await locate(api, call.args.path, call.flags.mount), name)
        await act(api, mount, path, versions)
        done(call, `Success! Data ${did} (if it existed) at: ${kvPath(mount, 'data', path)}`)
        return 0
      }),
  })
