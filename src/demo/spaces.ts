import { type BrowserSettings, egiProfile, type SpacesSettings } from '../core/spaces/settings.ts'
import { example } from './provider/people.ts'

/** Where the page of an example lies, and to where the provider sends people back. */
export const pageOf = (origins: readonly string[]) => ({
  origins,
  callbacks: origins.map((origin) => `${origin}/ui/callback/${egiProfile.authPath}`),
})

/** The EGI profile, turned to the stand-in provider and its one organisation. */
export function exampleSpaces(issuer: string, audience: string, browser?: BrowserSettings): SpacesSettings {
  return {
    ...egiProfile,
    name: 'example',
    issuer,
    issuerCa: '',
    boundAudiences: [audience],
    entitlementNamespaces: [example.namespace],
    entitlementAuthorities: [example.authority],
    tokenTtl: 3_600,
    tokenMaxTtl: 43_200,
    ...(browser === undefined ? {} : { browser }),
    vos: [{ name: example.vo, readers: example.vo, writers: `${example.vo}:role=manager` }],
  }
}
