/**
 * Whether some name in a text that is known to be JSON is written with an escape. V8's `JSON.parse` can read such a
 * name as another one that an earlier text had in the same place: after `{"a":0,"\\\\":0}` it takes the name in
 * `{"a":0,"\\u0026":0}` for a backslash (nodejs/node#63785). So texts like these are read otherwise.
 */
export function hasEscapedName(text: string): boolean {
  let at = text.indexOf('\\')
  while (at !== -1) {
    // A backslash is always within a string; this finds where it ends.
    for (let code = 0x5c; code !== 0x22; code = text.charCodeAt(at)) at += code === 0x5c ? 2 : 1
    at++
    while (isBlank(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) === 0x3a) return true
    at = text.indexOf('\\', at)
  }
  return false
}

const isBlank = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
