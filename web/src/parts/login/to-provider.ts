import { providerAddress } from '../../api/session.ts'
import { doneInTab, keepNext } from './next.ts'

/** The browser opens no new tab by itself. */
export class Blocked extends Error {
  constructor() {
    super('the new tab was blocked')
    this.name = 'Blocked'
  }
}

/** Leaves this page for the provider, from where the person comes back to `next`. @throws ClientError */
export async function goToProvider(mount: string, next: string | undefined): Promise<void> {
  const address = await providerAddress(mount, '')
  keepNext(next)
  location.assign(address)
}

/** Opens the provider in a tab of its own and leaves this page as it is. @throws Blocked, ClientError */
export async function openProvider(mount: string): Promise<void> {
  // The new tab begins with a copy of what this one keeps.
  keepNext(doneInTab)
  // Opened at once, in the click, or the browser takes it for an advertisement.
  const tab = window.open('about:blank')
  keepNext(undefined)
  if (tab === null) throw new Blocked()
  try {
    tab.location.href = await providerAddress(mount, '')
  } catch (error) {
    tab.close()
    throw error
  }
}
