import { useQuery } from '@tanstack/react-query'
import { flagOf, listOf, objectOf, objectsOf, textOf } from '../../../src/client/shape.ts'
import { client } from './client.ts'

export type Shared = {
  readonly name: string
  /** What to call it; its name where the configuration has nothing else. */
  readonly title: string
  readonly path: string
  readonly writable: boolean
}

/** Where the session's person keeps secrets; paths with their mount and a slash at the end. */
export type Places = { readonly own: string | undefined; readonly shared: readonly Shared[] }

export type SecretMount = {
  /** With a slash at its end. */
  readonly path: string
  readonly type: string
  readonly description: string
  readonly version: 1 | 2
}

export const usePlaces = () => useQuery({ queryKey: ['places'], queryFn: readPlaces, staleTime: 60_000 })

async function readPlaces(): Promise<Places> {
  const data = (await client.call('GET', 'sys/internal/ui/spaces')).data ?? {}
  const shared = listOf(data.shared).map((one) => ({
    name: textOf(one.name),
    title: textOf(one.title) || textOf(one.name),
    path: textOf(one.path),
    writable: flagOf(one.writable),
  }))
  return { own: textOf(data.own) || undefined, shared }
}

export const useSecretMounts = () =>
  useQuery({ queryKey: ['mounts'], queryFn: readSecretMounts, staleTime: 60_000 })

async function readSecretMounts(): Promise<SecretMount[]> {
  const data = (await client.call('GET', 'sys/internal/ui/mounts')).data ?? {}
  return Object.entries(objectsOf(data.secret)).map(([path, mount]) => ({
    path,
    type: textOf(mount.type),
    description: textOf(mount.description),
    version: objectOf(mount.options).version === '2' ? 2 : 1,
  }))
}

/** The ways to log in that the server shows to everybody, by the path of the method without `auth/`. */
export const useLoginWays = () =>
  useQuery({ queryKey: ['logins'], queryFn: readLoginWays, staleTime: 60_000 })

export type LoginWay = { readonly mount: string; readonly type: string; readonly description: string }

async function readLoginWays(): Promise<LoginWay[]> {
  const data = (await client.call('GET', 'sys/internal/ui/mounts')).data ?? {}
  return Object.entries(objectsOf(data.auth)).map(([path, method]) => ({
    mount: path.replace(/\/$/, ''),
    type: textOf(method.type),
    description: textOf(method.description),
  }))
}
