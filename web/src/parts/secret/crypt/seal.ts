import type { JsonObject } from '../../../../../src/base/json/json.ts'
import type { Opened } from '../../../crypt/sealed.ts'
import { unsealable } from '../../../crypt/sealed.ts'
import type { Texts } from '../../../texts/texts.ts'

/** An encrypted secret as it is looked at. */
export type Seal = {
  /** What came of the passphrase; undefined before there is one. */
  readonly opened: Opened | undefined
  readonly isOpening: boolean
  readonly open: (passphrase: string) => void
  readonly close: () => void
}

/** What a secret is to be encrypted with; the passphrase is typed twice. */
export type Lock = { readonly passphrase: string; readonly repeated: string }

export type LockFaults = { readonly passphrase?: string; readonly repeated?: string; readonly data?: string }

/** What keeps a secret from being encrypted so; undefined if nothing does. */
export function lockFaults(
  { passphrase, repeated }: Lock,
  data: JsonObject | undefined,
  { crypt }: Texts,
): LockFaults | undefined {
  if (passphrase === '') return { passphrase: crypt.missing }
  if (!passphrase.isWellFormed()) return { passphrase: crypt.badPassphrase }
  if (passphrase !== repeated) return { repeated: crypt.differs }
  const bad = data === undefined ? undefined : unsealable(data)
  if (bad === undefined) return undefined
  const texts = { salt: crypt.reserved, 'not-text': crypt.notText, large: crypt.large }
  return { data: texts[bad.why](bad.field) }
}
