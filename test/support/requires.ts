/**
 * For a suite or test that needs something which not every machine has. Left out where it is missing; with
 * `COFFER_TEST_STRICT=1` that is an error instead.
 *
 * @param missing what is missing, as it reads after "because", or undefined when all is there
 */
export function requires(missing: string | undefined): { skip: string | false } {
  if (missing === undefined) return { skip: false }
  const reason = `skipped, because ${missing} is missing here`
  if (process.env.COFFER_TEST_STRICT === '1') throw new Error(`${reason}, and nothing may be skipped`)
  return { skip: reason }
}
