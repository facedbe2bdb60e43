const byName = new Intl.Collator('en', { numeric: true })

/** The older ones of a log have a number or a date behind its name: the plain name is the newest. */
export const inOrder = <Named extends { readonly name: string }>(files: readonly Named[]): Named[] =>
  [...files].sort((a, b) => {
    if (b.name.startsWith(a.name)) return 1
    if (a.name.startsWith(b.name)) return -1
    const [one, other] = [a, b].map(({ name }) => /\.log\.(\d{1,5})$/.exec(name)?.[1])
    // audit.log.1 is newer than audit.log.2.
    if (one !== undefined && other !== undefined) return Number(other) - Number(one)
    return byName.compare(a.name, b.name)
  })
