import { fail } from '../../base/errors.ts'
import type { Io } from '../io.ts'
import type { RunOptions } from './run.ts'

export function configuredOptions(file: string, _level: string | undefined, _io: Io): RunOptions {
  fail('invalid_config', `cannot read ${file}`)
}
