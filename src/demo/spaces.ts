import { egiProfile, type SpacesSettings } from '../core/spaces/settings.ts'
import { example } from './provider/people.ts'

/** The EGI profile, turned to the stand-in provider and its one organisation. */
export function exampleSpaces(issuer: string, audience: string): SpacesSettings {
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
    vos: [{ name: example.vo, readers: example.vo, writers: `${example.vo}:role=manager` }],
  }
}
