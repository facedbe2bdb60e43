import type { Pod } from './pod.ts'
import type { KubernetesConfig } from './record.ts'

/** The token that an API server is asked with, and the authorities of its certificate, PEM. */
export type Credential = { readonly bearer: string; readonly ca: string | undefined }

/**
 * What an API server is asked with: the reviewer's token, else that of the pod that this server runs in, else the one
 * that logs in. The pod's token is for the pod's own cluster: it goes to no server that another authority vouches
 * for, nor over plain http, since whoever writes the configuration chooses the address.
 *
 * @param jwt the token that logs in
 */
export async function credentialFor(config: KubernetesConfig, jwt: string, pod: Pod): Promise<Credential> {
  const podCa = config.ignoresPod ? undefined : await pod.ca()
  const ca = config.ca || podCa
  const isOwn = podCa !== undefined && ca?.trim() === podCa.trim() && !/^http:/i.test(config.host)
  const podToken = isOwn && config.reviewerToken === '' ? await pod.token() : undefined
  return { bearer: config.reviewerToken || podToken || jwt, ca: ca || undefined }
}
