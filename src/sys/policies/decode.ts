/** A policy's text. One that is base64 of other text is taken as that: some clients send it so. */
export function decodePolicy(text: string): string {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text.replace(/\s/g, ''))) return text
  const bytes = Buffer.from(text, 'base64')
  return bytes.length > 0 ? bytes.toString('utf8') : text
}
