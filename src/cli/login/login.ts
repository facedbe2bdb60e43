import { fail } from '../../base/errors.ts'
import type { Answer, Api, Client } from '../../client/index.ts'
import { any, defineCommand } from '../command/command.ts'
import { choice, onOff, text } from '../command/flag.ts'
import { answerFields, authRows, envelopeRows, showAnswer } from '../output/answer.ts'
import { done, fieldFlag, formatFlag, showField } from '../output/format.ts'
import { note, warn } from '../output/say.ts'
import { addressOf, connectionFlags, withoutToken } from '../session/connect.ts'
import { fromEnvironment } from '../session/environment.ts'
import { tokenFile, writeToken } from '../session/token-file.ts'
import { logInByBrowser, readBrowserLogin } from './browser.ts'
import { asLogin, type Credentials, methods, readCredentials } from './credentials.ts'

export const loginCommand = defineCommand({
  name: 'login',
  summary: 'Logs in and stores the token for the commands that follow',
  details:
    'The token is kept in ~/.vault-token, readable by its owner alone. The credential is asked for on a ' +
    'terminal, or read from standard input; it can also come from a file (@file). A password or a secret id on ' +
    'the command line is seen by others on the machine, so better leave it out and be asked.',
  examples: [
    ['With the token of an OpenID Connect provider', 'oidc-token egi | coffer login -method=jwt'],
    ['The same with a role, from a file', 'coffer login -method=jwt role=demo jwt=@token.jwt'],
    ['In the browser, by OpenID Connect', 'coffer login -method=oidc role=demo'],
    ['On a machine without a browser', 'coffer login -method=oidc callbackmode=device role=laptop'],
    ['With a name and a password, typed unseen', 'coffer login -method=userpass username=alice'],
    ['As a service, with its secret id in a file', 'coffer login -method=approle role_id=ci @secret-id'],
    ['With a token of this server, typed unseen', 'coffer login'],
  ],
  args: {
    credentials: any(
      'token=…; jwt=…, role=…; username=…, password=…; role_id=…, secret_id=…. A sole -, @file or text is the secret ' +
        'itself. For oidc: role, callbackmode (client, direct, device), listenaddress, port, callbackmethod, ' +
        'callbackhost, callbackport, skip_browser.',
    ),
  },
  flags: {
    method: choice('How to log in; token if absent.', [...methods, 'oidc']),
    path: text('Where the auth method is mounted, if not under its own name.', 'path'),
    noStore: onOff('Do not keep the token; show it instead.'),
    tokenOnly: onOff('Show the token and nothing else, and do not keep it.'),
    noPrint: onOff('Show nothing of the token, even if it cannot be kept.'),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: () => 'logging in',
  run: async (call) => {
    const { flags, io } = call
    const method = flags.method ?? 'token'
    if (method === 'token' && flags.path !== undefined)
      fail('invalid_request', '-path has no meaning for tokens')
    if (flags.tokenOnly && flags.noPrint)
      fail('invalid_request', '-token-only and -no-print exclude each other')
    const answer = method === 'oidc' ? await inBrowser(call) : await withCredentials(call, method)
    if (answer.wrap_info !== null) return showAnswer(call, answer)
    if (answer.auth === null) fail('invalid_request', 'the server did not answer with a token')

    if (flags.tokenOnly) return showField(call, 'token', answerFields(answer))
    const stored = flags.noStore !== true
    if (stored) {
      await writeToken(io.home, answer.auth.client_token)
      const variable = fromEnvironment(io, 'TOKEN')
      if (variable)
        warn(io, `${variable.name} is set and comes before the token that is now stored; unset it`)
    }
    if (flags.noPrint) return 0
    if (flags.field === undefined && stored) {
      done(call, `Success! You are logged in. The token is kept in ${tokenFile(io.home)}.`)
    }
    if (flags.field === undefined && !stored) note(io, 'Success! You are logged in. The token is not kept.')
    // A token that is kept need not be on the screen as well.
    const rows = authRows(answer.auth).filter(([name]) => !(stored && name === 'token'))
    return showAnswer(call, answer, [...envelopeRows({ ...answer, auth: null }), ...rows])
  },
})

type Call = Parameters<typeof withoutToken>[0] & {
  readonly flags: { readonly path: string | undefined }
  readonly args: { readonly credentials: readonly string[] }
}

async function inBrowser(call: Call): Promise<Answer> {
  const login = await readBrowserLogin(call.io, call.args.credentials)
  const server = await addressOf(call)
  const mount = (call.flags.path ?? 'oidc').replace(/\/$/, '')
  return withoutToken(call, (_api, client) => logInByBrowser(call.io, client, login, mount, server))
}

async function withCredentials(call: Call, method: Credentials['method']): Promise<Answer> {
  const credentials = await readCredentials(call.io, method, call.args.credentials)
  return withoutToken(call, (api, client) => logIn(api, client, credentials, call.flags.path))
}

async function logIn(
  api: Api,
  client: Client,
  { method, fields }: Credentials,
  mount: string | undefined,
): Promise<Answer> {
  const { token = '', jwt = '', role, username = '', password = '' } = fields
  const at = mount === undefined ? {} : { mount }
  switch (method) {
    case 'jwt':
      return api.login.jwt({ jwt, ...(role === undefined ? {} : { role }), ...at })
    case 'userpass':
      return api.login.userpass({ username, password, ...at })
    case 'approle':
      return api.login.approle({ roleId: fields.role_id ?? '', secretId: fields.secret_id ?? '', ...at })
    case 'token': {
      const answer = await client.withToken(token).call('GET', 'auth/token/lookup-self')
      return answer.wrap_info === null ? asLogin(token, answer) : answer
    }
  }
}
