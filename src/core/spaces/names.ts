import type { SpacesLogin } from '../../backend/spaces/logins.ts'
import { fail } from '../../base/errors.ts'

/**
 * The name of a person's folder, which is also the name of their alias and the end of their display name. It
 * holds no dash, since clients take what follows the only dash of a display name as the person's id: `~`
 * stands for it, and a `~` of the person's own is refused. No value holds an equals sign, so a qualified name
 * is none of another provider's.
 *
 * @param qualifier of the block that they log in by; see `SpacesLogin`
 * @throws forbidden for a value that would mean something in paths or policies
 */
export function folderName(value: string, qualifier: string): string {
  if (!isFolderName(value)) {
    fail('forbidden', 'the identity provider names you in a form that cannot be the name of a folder')
  }
  const name = value.replaceAll('-', '~')
  return qualifier === '' ? name : `${name}=${qualifier}`
}

export const isFolderName = (value: string) => /^[\w@.:-]{1,256}$/.test(value) && !/^\.+$/.test(value)

/** The name under which a group of a provider is known here. */
export const groupName = (name: string, qualifier: string) =>
  qualifier === '' ? name : `${name}${mark(qualifier)}`

/** Not in any name that comes from an entitlement, whose parts are encoded. */
const mark = (qualifier: string) => `==${qualifier}`

/** The groups of a login. A provider with bare names cannot name the groups of another one on its mount. */
export function groupNames(
  names: readonly string[],
  { auth, qualifier }: SpacesLogin,
  all: readonly SpacesLogin[],
): string[] {
  if (qualifier !== '') return names.map((name) => groupName(name, qualifier))
  const others = all.filter((other) => other.auth === auth && other.qualifier !== '')
  return names.filter((name) => !others.some((other) => name.endsWith(mark(other.qualifier))))
}
