import type { Section } from '../texts.ts'

export const server: Section<'server'> = {
  unseal: {
    title: 'Der Speicher ist versiegelt',
    lead: 'Nichts kann geöffnet werden, bis genug Menschen ihren Teil des Schlüssels gegeben haben. Was gespeichert ist, ist sicher.',
    meanwhile:
      'Was Sie geöffnet haben, ist noch da. Es geht weiter, sobald genug Teile des Schlüssels gegeben sind.',
    progress: (given: number, needed: number) => `${given} von ${needed} Teilen gegeben`,
    progressLabel: 'Gegebene Teile',
    needed: (t: number, n: number) => `${t} von ${n} Teilen öffnen ihn. Jeder gibt seinen eigenen.`,
    node: (host: string) =>
      `Dies ist ${host}. Jeder Server eines Speichers wird für sich entsiegelt, unter seiner eigenen Adresse.`,
    attempt: 'Versuch',
    share: 'Teil des Schlüssels',
    recoveryShare: 'Teil des Wiederherstellungsschlüssels',
    shareHint: 'Immer nur einen. Er geht an den Server und bleibt nirgends auf dieser Seite.',
    give: 'Teil geben',
    reset: 'Von vorn beginnen',
    told: {
      again: 'Dieser Teil wurde schon gegeben. Geben Sie einen anderen.',
      none: 'Das ist kein Teil des Schlüssels dieses Speichers. Sehen Sie nach, ob alles kopiert wurde.',
      wrong:
        'Diese Teile öffnen den Speicher nicht: Mindestens einer gehört nicht zu diesem Schlüssel. Beginnen Sie von vorn.',
    },
    bySelf: 'Dieser Server öffnet sich selbst',
    bySelfText:
      'Sein Schlüssel liegt in einer Datei neben ihm, nicht in Teilen. Er wurde von Hand versiegelt und öffnet sich, wenn er neu gestartet wird.',
  },
}
