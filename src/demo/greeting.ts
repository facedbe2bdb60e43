export type Greeting = {
  readonly url: string
  /** The authority's certificate, as a word of the shell. */
  readonly ca: string
  readonly provider: string
  readonly vo: string
  /** Where the first start left the root token; undefined afterwards. */
  readonly rootTokenFile: string | undefined
}

/** What `npm start` prints. */
export function greeting({ url, ca, provider, vo, rootTokenFile }: Greeting): string {
  const first =
    rootTokenFile === undefined
      ? ''
      : `\nThe root token is in ${rootTokenFile}; where others use the server, keep it elsewhere and remove the file.\n`
  return `Coffer serves ${url}

Open ${url} in a browser and log in with your organisation, as alice or bob.
The browser warns once: the certificate is made for this machine alone.

A stand-in identity provider at ${provider} knows alice, who manages ${vo}, and bob, its member.

Or in another terminal, in this folder:

  export VAULT_ADDR=${url} VAULT_CACERT=${ca}
  curl -s ${provider}/token-for/alice | bin/coffer login -method=jwt

Then try:

  me=secrets/users/$(bin/coffer token lookup -field=display_name | cut -d- -f2-)
  bin/coffer kv put $me/db user=ann password=-
  bin/coffer kv get $me/db
  bin/coffer kv list $me
${first}
Ctrl-C stops it; the next start finds everything again.`
}
