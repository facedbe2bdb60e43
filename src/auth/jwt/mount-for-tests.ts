import { mountForTests as mountOf } from '../../backend/mount-for-tests.ts'
import type { Clock } from '../../base/clock.ts'
import { jwt } from './backend.ts'
import type { ToolsOptions } from './tools.ts'

/** One mount of the method by itself, and how somebody logs in there. */
export function mountForTests(clock: Clock, options: Partial<ToolsOptions> = {}) {
  const [method] = jwt({ clock, ...options })
  if (method === undefined) throw new Error('no method')
  const mount = mountOf(method, clock)
  return {
    ...mount,
    async login(jwt: string, role?: string) {
      let reply = await mount.call('update', 'login', { jwt, ...(role === undefined ? {} : { role }) })
      while (reply.afterwards !== undefined)
        reply = await (await reply.afterwards())(mount.contextOf('login'))
      const { login } = reply
      if (login === undefined) throw new Error('no login')
      return login
    },
    renew: (role: string) => {
      if (method.renew === undefined) throw new Error('no renewal')
      return method.renew(mount.contextOf('renew'), { renewAs: role, policies: [] })
    },
  }
}
