import { readFile } from 'node:fs/promises'

/** What lies in the pod that this server runs in, if it runs in one. Read each time: the token is renewed there. */
export type Pod = { token(): Promise<string | undefined>; ca(): Promise<string | undefined> }

const usualFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * The pod whose files lie in a folder: where Kubernetes mounts them, unless said otherwise. Outside of one there
 * is nothing.
 */
export function podAt(folder = usualFolder): Pod {
  const read = async (name: string) => {
    try {
      return (await readFile(`${folder}/${name}`, 'utf8')).trim() || undefined
    } catch {
      // Outside of a pod there is none.
      return undefined
    }
  }
  return { token: () => read('token'), ca: () => read('ca.crt') }
}
