import type { Section } from '../shape.ts'

export const access: Section<'access'> = {
  access: {
    tab: 'Zugriff',
    title: 'Wer Zugriff hat',
    titleOf: (folder) => `Wer Zugriff auf ${folder} hat`,
    onlyYou: 'Nur Sie',
    only: (name) => `Nur ${name}`,
    somebody: 'wem es gehört',
    ownText:
      'Dies liegt in Ihrem privaten Bereich. Niemand sonst kann es lesen, welche Rechte sie hier auch haben. Die Verwaltung kann es nur in einem Notfall, und das sehen Sie hier und unter „Aktivität“. Damit auch wer den Rechner betreibt es nicht kann, verschlüsseln Sie es mit einer Passphrase.',
    othersText:
      'Dies liegt in einem privaten Bereich. Nur wem er gehört, kann es öffnen, was Richtlinien auch sagen.',
    tokenText:
      'Dies ist nur für diese Anmeldung da und geht mit ihr. Keine andere kann es öffnen, auch nicht Ihre nächste.',
    openings: 'Für eine Weile geöffnet',
    until: (time) => `bis ${time}`,
    you: 'Sie',
    can: (deeds) => `Darf ${deeds}`,
    youCan: (deeds) => `Sie dürfen ${deeds}.`,
    youCannot: 'Sie dürfen hier nichts.',
    deeds: { read: 'lesen', change: 'ändern', delete: 'löschen', list: 'Namen sehen' },
    limited: 'in den Grenzen der Richtlinie',
    kinds: { group: 'Gruppen', entity: 'Personen', role: 'Anmeldungen', token: 'Token' },
    none: {
      group: 'Keine Gruppe.',
      entity: 'Niemand, weder selbst noch durch eine Gruppe.',
      role: 'Keine Anmeldung gibt Zugriff.',
      token: '',
    },
    members: (count, more) => `${count}${more ? '+' : ''} ${count === 1 ? 'Mitglied' : 'Mitglieder'}`,
    at: (mount) => `Anmeldung bei ${mount}`,
    tokens: (count, policies) => `${count === 1 ? 'Ein Token' : `${count} Token`} mit ${policies}`,
    byPolicy: (policy, line) => `Durch die Richtlinie ${policy}, Zeile ${line}`,
    byPolicyNamed: (policy) => `Durch die Richtlinie ${policy}`,
    looking: 'Suche weiter …',
    more: 'Weiter suchen',
    allNote:
      'Token, die alles in sich tragen (Batch-Token), sind nicht zu sehen, und nicht, wer sich selbst mehr Rechte geben darf. Die Rechte der Gruppen einer Person und ihrer Anmeldung gelten zusammen.',
    groupsNote: 'Auch die Verwaltung dieses Speichers kann Zugriff haben; sie sieht alle, die ihn haben.',
  },
}
