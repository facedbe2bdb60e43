/**
 * What to call somebody: the part of a display name that names them, without the method that they came by. Long
 * identifiers are cut in the middle.
 */
export function personName(displayName: string): { readonly short: string; readonly long: string } {
  const name = displayName.replace(/^[^-]*-/, '') || displayName
  const [local = '', domain] = name.split('@')
  const short = local.length > 16 ? `${local.slice(0, 8)}…${local.slice(-4)}` : local
  return { short, long: domain === undefined ? short : `${short}@${domain}` }
}
