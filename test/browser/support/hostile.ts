/** What names and values are made of that somebody hopes a page takes for something else. */
export const hostile = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
  '\u202egnp.exe',
  '\u2066\u2067hidden\u2069',
  '%2e%2e%2fup',
  'a?b#c&d=e',
  '__proto__',
  'ends in space ',
]

/** As a name of a secret: a slash would make a folder, and the server takes none that changes how text is read. */
export const nameOf = (text: string): string =>
  text.replaceAll('/', '|').replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '_')
