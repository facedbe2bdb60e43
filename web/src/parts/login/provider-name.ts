import type { LoginWay } from '../../api/spaces.ts'
import type { Texts } from '../../texts/texts.ts'

/** What a method that follows from the spaces configuration is described as; it says nothing of the provider. */
const general = 'federated login'

/** What to call a provider to somebody who is to log in there. */
export function providerName({ login }: Texts, { mount, description }: LoginWay, isOnly: boolean): string {
  if (description !== '' && description !== general) return description
  return isOnly ? login.provider : mount
}
