/** As much of a browser as a login needs, for tests: follows redirects and keeps cookies, by origin. */
export type Browser = {
  /** Follows redirects until a page comes, or one leads to a place that starts with `until`. */
  open(url: string, until?: string): Promise<Visit>
  submit(url: string, fields: Readonly<Record<string, string>>, until?: string): Promise<Visit>
}

export type Visit = { readonly url: string; readonly status: number; readonly text: string }

const maxRedirects = 20

export function createBrowser(): Browser {
  const cookies = new Map<string, { readonly value: string; readonly path: string }>()

  function keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */)
      const at = pair.indexOf('=')
      const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/'
      const gone = attributes.some((one) => /^expires=Thu, 01 Jan 1970/i.test(one))
      const key = `${pair.slice(0, at)} ${path}`
      if (gone) cookies.delete(key)
      else cookies.set(key, { value: pair, path })
    }
  }

  async function visit(start: string, init: RequestInit, until: string | undefined): Promise<Visit> {
    let url = start
    let options = init
    for (let i = 0; i < maxRedirects; i++) {
      const { pathname } = new URL(url)
      const sent = [...cookies.values()]
        .filter(({ path }) => pathname.startsWith(path))
        .map(({ value }) => value)
      const response = await fetch(url, {
        ...options,
        redirect: 'manual',
        headers: { ...(options.headers as Record<string, string>), cookie: sent.join('; ') },
      })
      keep(response)
      const location = response.headers.get('location')
      const text = await response.text()
      if (location === null) return { url, status: response.status, text }
      url = new URL(location, url).href
      if (until !== undefined && url.startsWith(until)) return { url, status: response.status, text }
      options = {}
    }
    throw new Error('too many redirects')
  }

  return {
    open: (url, until) => visit(url, {}, until),
    submit: (url, fields, until) =>
      visit(
        url,
        {
          method: 'POST',
          body: new URLSearchParams(fields).toString(),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        until,
      ),
  }
}
