import type { Section } from '../texts.ts'

export const login: Section<'login'> = {
  login: {
    title: 'Anmelden',
    lead: 'Passwörter, Schlüssel und Token dort aufbewahren, wo nur Sie sie erreichen, und wen Sie auswählen.',
    with: (name: string) => `Anmelden über ${name}`,
    provider: 'Ihre Organisation',
    ways: 'Andere Wege zur Anmeldung',
    password: 'Passwort',
    token: 'Token',
    wrapped: 'Einmal-Token',
    name: 'Benutzername',
    passwordField: 'Passwort',
    method: 'Art des Kontos',
    methodHint: 'Ihre Verwaltung kennt sie; meist stimmt sie schon.',
    tokenField: 'Token',
    tokenHint: 'Es beginnt mit hvs. oder s. und bleibt auf dem Server; die Seite behält es nie.',
    wrappedField: 'Einmal-Token',
    wrappedHint: 'Jemand hat es Ihnen gegeben. Es gilt ein einziges Mal.',
    submit: 'Anmelden',
    unwrap: 'Öffnen',
    unwrapped: 'Das wurde für Sie eingepackt',
    unwrappedText:
      'Es wird nur dieses eine Mal gezeigt und ist auf dem Server gelöscht. Kopieren Sie, was Sie brauchen, bevor Sie gehen.',
    wrong: 'Der Name oder das Passwort stimmt nicht, oder das Konto ist eine Weile gesperrt.',
    wrongToken: 'Dieses Token ist unbekannt oder abgelaufen.',
    wrongWrapped:
      'Dieses Einmal-Token ist unbekannt: Es wurde schon benutzt, oder seine Zeit ist abgelaufen.',
    wrongWrappedHint: 'Wenn Sie es nicht selbst benutzt haben, sagen Sie es dem, von dem Sie es haben.',
    failed: 'Die Anmeldung hat nicht funktioniert.',
    providerDown:
      'Der Anmeldedienst ist nicht erreichbar. Versuchen Sie es gleich noch einmal, oder wählen Sie einen anderen Weg.',
    refused: 'Der Anmeldedienst hat geantwortet, dass Sie nicht eingelassen wurden.',
    finishing: 'Die Anmeldung wird abgeschlossen …',
    done: 'Sie sind angemeldet. Sie können diesen Tab schließen.',
    retry: 'Zurück zur Anmeldung',
    newTab: 'Es öffnet sich ein neuer Tab; kommen Sie danach hierher zurück.',
  },
}
