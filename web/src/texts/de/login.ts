import type { Section } from '../shape.ts'

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
    notBegun: 'Die Anmeldung konnte nicht beginnen.',
    refused: {
      other:
        'Der Anmeldedienst hat Sie nicht eingelassen. Er nennt keinen Grund, der hier gezeigt werden kann.',
      access_denied:
        'Der Anmeldedienst hat Sie nicht eingelassen: Sie oder jemand anderes hat abgelehnt. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.',
      login_required:
        'Der Anmeldedienst will, dass Sie sich zuerst dort anmelden. Versuchen Sie es noch einmal.',
      temporarily_unavailable:
        'Der Anmeldedienst ist eine Weile außer Betrieb. Versuchen Sie es in einigen Minuten noch einmal.',
      server_error:
        'Der Anmeldedienst hat selbst einen Fehler. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.',
      unauthorized_client:
        'Der Anmeldedienst kennt diese Seite nicht. Die Verwaltung muss ihre Adresse dort eintragen.',
      invalid_request:
        'Der Anmeldedienst hat diese Seite nicht verstanden. Sagen Sie es der Verwaltung; die Einstellungen der Anmeldung stimmen nicht.',
      invalid_scope:
        'Der Anmeldedienst gibt nicht, was diese Seite verlangt. Sagen Sie es der Verwaltung; die Scopes der Anmeldung stimmen nicht.',
    },
    incomplete: 'Hier enden Anmeldungen, aber keine hat hierher geführt. Beginnen Sie von vorn.',
    done: 'Sie sind angemeldet',
    doneText:
      'Schließen Sie diesen Tab und gehen Sie dorthin zurück, wo Sie waren: Dort geht es von selbst weiter.',
    doneHere: 'In diesem Tab bleiben',
    blocked: 'Ihr Browser hat den neuen Tab nicht geöffnet.',
    openTab: 'Anmeldung in einem neuen Tab öffnen',
    retry: 'Zurück zur Anmeldung',
    newTab: 'Es öffnet sich ein neuer Tab; kommen Sie danach hierher zurück.',
  },
}
