import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../support/server.ts'
import { makePlace, type Shell, start } from './start.ts'

/** What is typed in the picture. */
const pictureCommands = [
  'curl -s http://127.0.0.1:8201/token-for/alice | bin/coffer login -method=jwt',
  'me=secrets/users/$(bin/coffer token lookup -field=display_name | cut -d- -f2-)',
  'printf hunter2 | bin/coffer kv put $me/db user=ann password=-',
  'bin/coffer kv get $me/db',
  'bin/coffer kv list $me',
] as const

const before = 'export VAULT_ADDR=https://127.0.0.1:8200 VAULT_CACERT="$PWD/.coffer/keys/tls/ca.pem"'
const columns = 100
const size = 14
const lineHeight = 19
const charWidth = 8.43

/** Runs the commands of the picture and draws what they print. */
export async function drawing(shell: (commands: string) => Promise<Shell>): Promise<string> {
  const lines: { text: string; typed: boolean }[] = []
  // The commands share a shell; a mark tells what each of them printed.
  const { code, output } = await shell(
    [before, ...pictureCommands.flatMap((one) => ['echo %%', one])].join('\n'),
  )
  if (code !== 0) throw new Error(output)
  for (const [i, printed] of output.split(/^%%\n/m).slice(1).entries()) {
    lines.push({ text: `$ ${pictureCommands[i]}`, typed: true })
    for (const text of settled(printed).split('\n')) if (text !== '') lines.push({ text, typed: false })
  }
  return svg(lines)
}

/** Without what differs from run to run, and no wider than the picture. */
function settled(printed: string): string {
  return printed
    .replace(/(token_accessor +)\S+/, '$1…')
    .replace(/kept in \S+\./, 'kept in ~/.vault-token.')
    .replace(/0{20,}/g, '0…0')
    .split('\n')
    .map((line) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line))
    .join('\n')
}

function svg(lines: readonly { text: string; typed: boolean }[]): string {
  const width = Math.ceil(columns * charWidth + 40)
  const height = lines.length * lineHeight + 60
  const rows = lines.map(
    ({ text, typed }, i) =>
      `  <text x="20" y="${52 + i * lineHeight}" fill="${typed ? '#8be9fd' : '#e6e6e6'}" xml:space="preserve">${escaped(text)}</text>`,
  )
  const dots = ['#ff5f56', '#ffbd2e', '#27c93f'].map(
    (color, i) => `  <circle cx="${22 + i * 20}" cy="18" r="6" fill="${color}"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${size}">
  <title>A session with Coffer</title>
  <rect width="${width}" height="${height}" rx="8" fill="#1e1f29"/>
${dots.join('\n')}
${rows.join('\n')}
</svg>
`
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

// `node scripts/node.mjs test/readme/picture.ts` draws it anew.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const place = await makePlace()
  const running = await start(place)
  await writeFile(join(root, 'docs', 'session.svg'), await drawing((commands) => running.shell(commands)))
  await running.stop()
  await place.remove()
}
