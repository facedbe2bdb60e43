/** Writes docs/cli.md from the declarations of the commands: node scripts/docs-cli.ts */
import { writeFile } from 'node:fs/promises'
import { commandReference } from '../src/cli/docs/reference.ts'

await writeFile(new URL('../docs/cli.md', import.meta.url), await commandReference())
