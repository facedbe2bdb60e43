// Writes docs/configuration.md from the declarations of the configuration's keys.
import { writeFileSync } from 'node:fs'
import { configurationReference } from '../src/core/config/reference.ts'

writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationReference())
