/** Writes the table of docs/compatibility.md anew: node scripts/docs-compatibility.ts */
import { readFileSync, writeFileSync } from 'node:fs'
import { withTable } from '../test/conformance/table.ts'

const page = new URL('../docs/compatibility.md', import.meta.url)
writeFileSync(page, withTable(readFileSync(page, 'utf8')))
