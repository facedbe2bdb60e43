import { useQuery } from '@tanstack/react-query'
import { textOf } from '../../../src/client/shape.ts'
import { api, client } from './client.ts'
import { providerAddress } from './session.ts'

/** A login at an identity provider that has a client for the page. */
export type ConfiguredProvider = {
  readonly mount: string
  readonly issuer: string
  readonly clientId: string
}

export const checklistKey = 'checklist'

export const useConfiguredProviders = () =>
  useQuery({ queryKey: [checklistKey, 'providers'], queryFn: readProviders })

async function readProviders(): Promise<ConfiguredProvider[]> {
  const mounts = Object.entries(await api.auth.list())
    .filter(([, { type }]) => type === 'jwt' || type === 'oidc')
    .map(([path]) => path.replace(/\/$/, ''))
  const all = await Promise.all(
    mounts.map(async (mount) => {
      const data = (await client.read(`auth/${mount}/config`))?.data ?? {}
      return { mount, issuer: textOf(data.oidc_discovery_url), clientId: textOf(data.oidc_client_id) }
    }),
  )
  return all.filter(({ clientId }) => clientId !== '')
}

export const useGroupCount = () =>
  useQuery({
    queryKey: [checklistKey, 'groups'],
    queryFn: async () => (await client.list('identity/group/name'))?.keys.length ?? 0,
  })

export const useAuditCount = () =>
  useQuery({
    queryKey: [checklistKey, 'audit'],
    queryFn: async () => Object.keys(await api.audit.list()).length,
  })

/** Whether a login at the provider can begin: the server has found it and knows it. @throws ClientError */
export async function checkProvider(mount: string): Promise<string> {
  return new URL(await providerAddress(mount, '')).host
}
