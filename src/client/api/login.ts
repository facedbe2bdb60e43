import type { JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import type { Client } from '../calls.ts'

export type LoginApi = {
  /**
   * Logs in with a JWT, such as an OpenID Connect access token.
   *
   * @param login.role absent or empty means the method's default role
   * @param login.mount where the method is mounted below `auth/`; `jwt` if absent
   */
  jwt(login: { jwt: string; role?: string; mount?: string }): Promise<Answer>
  /**
   * Logs in with a name and a password.
   *
   * @param login.mount where the method is mounted below `auth/`; `userpass` if absent
   */
  userpass(login: { username: string; password: string; mount?: string }): Promise<Answer>
  /**
   * Logs in as a service.
   *
   * @param login.secretId absent or empty where the role needs none
   * @param login.mount where the method is mounted below `auth/`; `approle` if absent
   */
  approle(login: { roleId: string; secretId?: string; mount?: string }): Promise<Answer>
  /** Any login endpoint, such as `auth/approle/login`. */
  at(path: string, fields: JsonObject): Promise<Answer>
}

/** Logins never send the token that the client holds. */
export function loginApi(client: Client): LoginApi {
  const at: LoginApi['at'] = (path, body) => client.call('POST', path, { body, token: '' })
  return {
    jwt: ({ jwt, role = '', mount = 'jwt' }) => at(`auth/${mount}/login`, { role, jwt }),
    userpass: ({ username, password, mount = 'userpass' }) =>
      at(`auth/${mount}/login/${username}`, { password }),
    approle: ({ roleId, secretId = '', mount = 'approle' }) =>
      at(`auth/${mount}/login`, { role_id: roleId, secret_id: secretId }),
    at,
  }
}
