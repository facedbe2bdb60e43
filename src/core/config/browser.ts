import { failAt, type HclBlock } from '../../base/hcl/hcl.ts'
import { key, needed, or } from './keys.ts'
import type { Profile } from './profiles.ts'
import { type Reader, readSection, section } from './section.ts'
import { isTitle, titleRule } from './title.ts'

/** The provider's client for the web page. */
export type BrowserConfig = {
  /** What the page calls the provider; undefined for no name of its own. */
  readonly label: string | undefined
  readonly clientId: string
  readonly clientSecretFile: string
  readonly scopes: readonly string[]
  /** Empty for that of `api_addr`. */
  readonly origins: readonly string[]
}

export const browserSection = section({
  title: 'browser, in spaces',
  about:
    'The client that the provider knows this server by, so that people log in on the web page. The provider must be told that it may send them back to `<origin>/ui/callback/<auth_path>`; this server takes no other address.',
  example: `browser {
  client_id          = "secrets.example.org"
  client_secret_file = "/etc/coffer/client-secret"
}`,
  keys: {
    client_id: needed(key.text('The client’s id at the provider.')),
    client_secret_file: needed(key.text('File with the client’s secret; only this server should read it.')),
    label: key.text(
      'What the page calls the provider to people who log in, such as `"EGI Check-in"`; that of the profile without it.',
    ),
    scopes: key.list(
      'Scopes that are asked for beside `openid`, so that the person and their groups are told; those of the profile without it.',
    ),
    origins: or(
      [],
      key.list(
        'Where people open the page, such as `https://secrets.example.org`, without a path. That of `api_addr` without it.',
      ),
    ),
  },
})

/** @param title of the block that it stands in */
export function readBrowser(
  blocks: readonly HclBlock[],
  title: string,
  profile: Profile | undefined,
  reader: Reader,
): BrowserConfig | undefined {
  const [block, second] = blocks
  if (block === undefined) return undefined
  const here = `${title}, browser`
  if (second !== undefined) failAt(reader.source, second.at, `${here} is there twice`)
  const { values, wrong } = readSection(browserSection, block.body, reader, here)
  const other = values.origins.find((origin) => !isOrigin(origin))
  if (other !== undefined) {
    wrong(
      'origins',
      `origins holds ${JSON.stringify(other)}, which is no origin such as "https://secrets.example.org"`,
    )
  }
  if (values.label !== undefined && !isTitle(values.label)) wrong('label', titleRule('label'))
  return {
    label: values.label ?? profile?.label,
    clientId: values.client_id,
    clientSecretFile: values.client_secret_file,
    scopes: values.scopes ?? profile?.scopes ?? [],
    origins: values.origins,
  }
}

/** As browsers write it. Sessions need TLS, or a host that only this machine reaches. */
export function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.origin !== text) return false
  return url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
}
