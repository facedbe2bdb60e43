import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { type Custom, customChanges } from '../../api/custom.ts'
import { readSecret, type Secret, writeSecret } from '../../api/secrets.ts'
import { writeCustom } from '../../api/write-custom.ts'
import { sealSecret } from '../../crypt/sealed.ts'

/** A secret as somebody wants it. */
export type Wanted = {
  readonly path: string
  readonly data: JsonObject
  /** With which it is encrypted, if it is. */
  readonly passphrase: string | undefined
  readonly custom: Custom
  /** What is to be replaced, where that is not what the editing began with. */
  readonly on?: Secret | null
}

/** The fields are stored, and what is noted beside them is not. */
export class CustomRefused extends Error {}

const contentOf = (data: JsonObject, passphrase: string | undefined) =>
  JSON.stringify([data, passphrase ?? null])

/**
 * Stores what was written: the fields where they changed, then the custom metadata where that did. Another try begins
 * where the last one failed.
 *
 * @param clear what the secret says so far
 */
export function useStore(base: Secret | null, clear: JsonObject, passphrase: string | undefined) {
  const kept = useRef({
    base,
    custom: base?.custom ?? {},
    content: base === null ? '' : contentOf(clear, passphrase),
  })
  return useMutation({
    mutationFn: async ({ path, data, passphrase, custom, on }: Wanted) => {
      const { current: before } = kept
      const content = contentOf(data, passphrase)
      if (content !== before.content || on !== undefined) {
        const sent = passphrase === undefined ? data : await sealSecret(data, passphrase)
        await writeSecret(path, sent, on === undefined ? before.base : on)
        kept.current = { ...before, content }
      }
      if (Object.keys(customChanges(before.custom, custom)).length === 0) return
      try {
        await writeCustom(path, before.custom, custom)
      } catch (cause) {
        const now = await readSecret(path).catch(() => before.base)
        kept.current = { ...kept.current, base: now }
        throw new CustomRefused('', { cause })
      }
    },
    gcTime: 0,
  })
}
