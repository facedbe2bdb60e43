import type { Random } from '../../base/random.ts'
import type { PasswordPolicy } from './parse.ts'

/** Characters that are drawn before it is given up: some tens of milliseconds. */
const maxDrawn = 2_000_000
/** Passwords that a policy must yield within that, so that it hardly ever fails when it is used. */
const provenBy = 10

/**
 * A password, each one that meets the policy as likely as any other: texts are drawn evenly, and those that
 * do not meet it are thrown away.
 *
 * @returns undefined when too many had to be thrown away
 */
export function generatePassword(policy: PasswordPolicy, random: Pick<Random, 'bytes'>): string | undefined {
  return candidates(policy, random).next().value
}

/** Whether passwords that meet the policy are frequent enough to be found. */
export function canGenerate(policy: PasswordPolicy, random: Pick<Random, 'bytes'>): boolean {
  return candidates(policy, random).take(provenBy).toArray().length === provenBy
}

function* candidates(
  policy: PasswordPolicy,
  random: Pick<Random, 'bytes'>,
): Generator<string, undefined, undefined> {
  const { length, alphabet, rules } = policy
  const draw = evenDraw(alphabet.length, random)
  const counted = rules.filter(({ atLeast }) => atLeast > 0)
  for (let drawn = 0; drawn < maxDrawn; drawn += length) {
    // Indexes are below the alphabet's length.
    const characters = Array.from({ length }, () => alphabet[draw()] as string)
    const meets = counted.every(
      (rule) => characters.filter((character) => rule.characters.has(character)).length >= rule.atLeast,
    )
    if (meets) yield characters.join('')
  }
}

/** Numbers below `size`, which is 256 at most, all equally likely: bytes that would favour some are passed over. */
function evenDraw(size: number, random: Pick<Random, 'bytes'>): () => number {
  const bound = 256 - (256 % size)
  let bytes: Buffer = Buffer.alloc(0)
  let at = 0
  return () => {
    for (;;) {
      if (at === bytes.length) {
        bytes.fill(0)
        bytes = random.bytes(256)
        at = 0
      }
      const byte = bytes[at++] as number
      if (byte < bound) return byte % size
    }
  }
}
