import { auditSection } from './audit.ts'
import { browserSection } from './browser.ts'
import { etcdSection } from './etcd.ts'
import type { Key } from './keys.ts'
import { listenerSection, listenerTelemetrySection } from './listener.ts'
import { postgresSection } from './postgres.ts'
import { profiles } from './profiles.ts'
import type { Section } from './section.ts'
import { serverSection } from './server.ts'
import { spacesSection, voSection } from './spaces.ts'
import { inmemSection, shamirSealSection, sqliteSection, staticSealSection } from './storage.ts'
import { telemetrySection } from './telemetry.ts'

/** All sections in the order of the reference. */
export const sections: readonly Section[] = [
  serverSection,
  listenerSection,
  listenerTelemetrySection,
  sqliteSection,
  inmemSection,
  etcdSection,
  postgresSection,
  staticSealSection,
  shamirSealSection,
  auditSection,
  telemetrySection,
  spacesSection,
  voSection,
  browserSection,
]

const intro = `# Configuration

\`coffer server -config=FILE\` reads one file, in HCL or in its JSON form. The words are Vault's wherever it has them. A
key that Vault has and that means nothing here gives a warning; one whose protection would be missed, and one that nobody
knows, stops the server with its line and column.

<!-- Made by scripts/docs-config.ts from the declarations in src/core/config. Do not edit. -->

\`\`\`hcl
listener "tcp" {
  address = "127.0.0.1:8200"
}

storage "sqlite" {
  path = "/var/lib/coffer/store"
}

seal "static" {
  key_folder = "/etc/coffer/keys"
}
\`\`\`

A **text** stands in quotes. A **duration** is a number of seconds or a text such as \`"90s"\`, \`"1h30m"\` or \`"7d"\`. A
**list** is \`["a", "b"]\`, or one text with commas. **Networks** are written \`"10.0.0.1"\` or \`"10.0.0.0/8"\`.
`

/** The reference of the configuration file, as Markdown. */
export function configurationReference(): string {
  return `${[intro, ...sections.map(sectionText), profileText()].join('\n')}`
}

function sectionText({ title, about, example, keys, ignored, refused }: Section): string {
  const names = Object.entries(keys)
  return [
    `## ${title === '' ? 'Top level' : code(title)}`,
    about,
    `\`\`\`hcl\n${example}\n\`\`\``,
    ...(names.length === 0 ? [] : [table(['key', 'value', 'default', 'meaning'], names.map(keyRow))]),
    ...reasons('Accepted with a warning, since they have no effect:', ignored),
    ...reasons('Refused:', refused),
    '',
  ].join('\n\n')
}

function keyRow([name, { kind, description, needed, shownFallback }]: [string, Key]): string[] {
  const fallback = needed ? '**needed**' : shownFallback === '' ? '' : code(shownFallback)
  return [code(name), kind, fallback, description]
}

/** Keys that share a reason stand together. */
function reasons(head: string, keys: Readonly<Record<string, string>>): string[] {
  const byReason = Map.groupBy(Object.keys(keys), (name) => keys[name] ?? '')
  const lines = [...byReason].map(([reason, names]) => `- ${names.map(code).join(', ')}: ${reason}.`)
  return lines.length === 0 ? [] : [`${head}\n\n${lines.join('\n')}`]
}

function profileText(): string {
  const rows = Object.entries(profiles).flatMap(([name, profile]) => [
    [code(name), code('issuer'), code(profile.issuer)],
    ['', code('person_claim'), code(profile.personClaim)],
    ['', code('groups_claim'), code(profile.groupsClaim)],
    ['', code('groups_from'), code(profile.groupsFrom)],
    ['', code('groups_format'), code(profile.groupsFormat)],
    ['', code('group_namespaces'), profile.groupNamespaces.map(code).join(', ')],
    ['', code('group_authorities'), profile.groupAuthorities.map(code).join(', ')],
  ])
  return `## Profiles of \`spaces\`\n\n${table(['profile', 'key', 'value'], rows)}\n`
}

const code = (text: string) => `\`${text}\``

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
