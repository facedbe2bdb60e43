/** A compressed form in which a file can lie beside itself, and how its name ends then. */
export type Encoding = { readonly name: 'br' | 'gzip'; readonly ending: string }

/** The better one first. */
const encodings: readonly Encoding[] = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
]
/** Characters of the header that are looked at. */
const maxHeader = 1024

/** The compressed forms that a client takes, the one to be preferred first (RFC 9110 §12.5.3). */
export function takenEncodings(header: string | undefined): readonly Encoding[] {
  if (header === undefined || header.length > maxHeader) return []
  const weights = new Map<string, number>()
  for (const part of header.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const weight = parameters.find((text) => text.startsWith('q='))?.slice(2) ?? '1'
    weights.set(name, /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : 0)
  }
  const weightOf = ({ name }: Encoding) => weights.get(name) ?? weights.get('*') ?? 0
  return encodings.filter((one) => weightOf(one) > 0).toSorted((a, b) => weightOf(b) - weightOf(a))
}
