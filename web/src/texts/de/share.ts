import type { Section } from '../shape.ts'

export const share: Section<'share'> = {
  share: {
    title: 'Teilen',
    lead: 'Jemandem einen Text ein einziges Mal geben, oder einem Job, was er braucht, ohne Ihre Anmeldung herzugeben.',
    way: 'Wie geteilt wird',
    share: (name: string) => `${name} teilen`,
    link: 'Einmal-Link',
    linkText:
      'Wer den Link zuerst öffnet, sieht ohne Anmeldung, was darin ist; danach ist es weg. Schicken Sie ihn auf einem Weg, den nur diese Person liest.',
    text: 'Text',
    textHint: 'Ein Passwort, ein Schlüssel, ein paar Zeilen.',
    textMissing: 'Geben Sie ein, was geteilt werden soll.',
    fields: 'Was darin ist',
    fieldsMissing: 'Wählen Sie mindestens ein Feld.',
    lifetime: 'Endet nach',
    hours: (count: number) => (count === 1 ? '1 Stunde' : `${count} Stunden`),
    days: (count: number) => (count === 1 ? '1 Tag' : `${count} Tagen`),
    makeLink: 'Link erstellen',
    linkMade: 'Der Link ist fertig',
    linkMadeText: (time: string) =>
      `Er öffnet sich ein einziges Mal und endet ${time}. Er wird nur jetzt gezeigt: Kopieren Sie ihn, bevor Sie gehen.`,
    linkField: 'Einmal-Link',
    copyLink: 'Link kopieren',
    locker: 'Schließfach für einen Job',
    lockerText:
      'Ein Token für einen Job oder eine virtuelle Maschine, mit dem, was dort gebraucht wird. Es öffnet nichts anderes von Ihnen und endet von selbst.',
    lockerName: 'Name im Schließfach',
    lockerNameHint: 'Unter diesem Namen fragt der Job danach.',
    lockerNameBad: 'Nur Buchstaben ohne Umlaute, Ziffern, Punkte, Striche und Unterstriche.',
    uses: 'Anzahl der Zugriffe',
    usesHint: 'Jede Anfrage des Jobs zählt; mit der letzten endet das Schließfach.',
    usesBad: (most: number) => `Eine ganze Zahl von 1 bis ${most}.`,
    makeLocker: 'Schließfach erstellen',
    lockerMade: 'Das Schließfach ist fertig',
    lockerMadeText: (time: string, uses: number) =>
      `Es endet ${time}, oder nach ${uses === 1 ? 'einem Zugriff' : `${uses} Zugriffen`}. Sein Token wird nur jetzt gezeigt: Kopieren Sie es, bevor Sie gehen.`,
    lockerToken: 'Token',
    commands: 'Öffnen mit',
    copyCommand: 'Befehle kopieren',
    another: 'Etwas anderes teilen',
    done: 'Fertig',
    leaveTitle: 'Wirklich verlassen?',
    leaveText: 'Das wird nur jetzt gezeigt. Wenn Sie gehen, kann es niemand noch einmal zeigen.',
    leaveStay: 'Hier bleiben',
  },
  opened: {
    title: 'Einmal-Link',
    heading: 'Jemand hat etwas mit Ihnen geteilt',
    lead: 'Es öffnet sich ein einziges Mal. Danach kann es niemand mehr öffnen, auch Sie nicht.',
    ends: (time: string) => `Es endet ${time}.`,
    open: 'Jetzt öffnen',
    done: 'Das wurde mit Ihnen geteilt',
    doneText:
      'Es wird nur dieses eine Mal gezeigt und ist auf dem Server gelöscht. Kopieren Sie, was Sie brauchen, bevor Sie gehen.',
    used: 'Dieser Link öffnet sich nicht mehr',
    usedText:
      'Er wurde schon geöffnet, oder seine Zeit ist abgelaufen. Was darin war, ist auf dem Server gelöscht.',
    usedHint:
      'Wenn Sie ihn nicht geöffnet haben, sagen Sie es dem, von dem er kommt: Vielleicht hat jemand anderes mitgelesen.',
    expired: 'Dieser Link ist abgelaufen',
    expiredText:
      'Seine Zeit ist um, und hier hat ihn niemand geöffnet. Bitten Sie den, von dem er kommt, um einen neuen.',
    overtaken: 'Dieser Link wurde inzwischen geöffnet',
    overtakenText:
      'Das geschah, während diese Seite offen war. Wenn Sie es nicht waren, sagen Sie es dem, von dem er kommt: Was darin war, sollte geändert werden.',
    none: 'Dieser Link ist nicht vollständig',
    noneText:
      'Hinter dem Zeichen # fehlt etwas. Kopieren Sie den ganzen Link und versuchen Sie es noch einmal.',
    login: 'Das ist eine Anmeldung',
    loginText: 'Sie gehört bei der Anmeldung in „Einmal-Token“, wo sie geöffnet wird.',
    toLogin: 'Zur Anmeldung',
  },
}
