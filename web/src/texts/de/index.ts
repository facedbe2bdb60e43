import type { Texts } from '../texts.ts'
import { frame } from './frame.ts'
import { login } from './login.ts'
import { places } from './places.ts'
import { secret } from './secret.ts'
import { share } from './share.ts'

export const de: Texts = { ...frame, ...login, ...places, ...secret, ...share }
