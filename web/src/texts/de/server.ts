import type { Section } from '../shape.ts'

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
  server: {
    title: 'Server',
    lead: 'Wie es diesem Server geht, aus Sicht des Knotens, der antwortet.',
    seal: 'Siegel',
    state: 'Zustand',
    open: 'Offen',
    sealed: 'Versiegelt',
    sealKind: 'Er öffnet sich',
    sealByItself: (type: string) => `selbst (${type})`,
    sealByShares: (type: string) => `mit Teilen des Schlüssels (${type})`,
    shares: 'Teile',
    sharesOf: (t: number, n: number, recovery: boolean) =>
      `${t} von ${n} ${recovery ? 'zur Wiederherstellung' : 'öffnen ihn'}`,
    cluster: 'Verbund',
    sealIt: 'Diesen Knoten versiegeln',
    sealTitle: 'Diesen Knoten versiegeln?',
    sealStops:
      'Ab sofort kann sich hier niemand anmelden, nichts lesen und nichts speichern: weder Menschen noch Programme.',
    sealBackByShares: (t: number) =>
      t === 1
        ? 'Das bleibt so, bis ihn jemand mit einem Teil des Schlüssels entsiegelt.'
        : `Das bleibt so, bis ihn ${t} Menschen mit ihren Teilen des Schlüssels entsiegeln.`,
    sealBackByItself: 'Das bleibt so, bis der Server auf seiner Maschine neu gestartet wird.',
    sealKeeps:
      'Nichts Gespeichertes geht verloren; Sitzungen und Token gelten wieder, wenn er offen ist, bis ihre Zeit um ist.',
    sealOthers: 'Andere Knoten dieses Speichers arbeiten weiter. Versiegeln Sie jeden, um alle anzuhalten.',
    sealAsk: 'Das ist für den Notfall, etwa wenn jemand in eine Maschine eingebrochen ist.',
    nodes: 'Knoten',
    nodesLead: (count: number) =>
      count === 1
        ? 'Ein Knoten bedient diesen Speicher.'
        : `${count} Knoten bedienen diesen Speicher. Jeder kann alles; keiner führt.`,
    thisNode: 'antwortet gerade',
    noAddress: 'keine Adresse gesetzt',
    runs: (version: string) => `Version ${version}`,
    answers: 'arbeitet',
    heard: (time: string) => `zuletzt gehört ${time}`,
    ownClock: 'mit seiner Uhr wird verglichen',
    clockUnknown: 'Uhr noch nicht bekannt',
    ahead: (by: string, exact: string) => `Uhr geht ${by} s vor (± ${exact} s)`,
    behind: (by: string, exact: string) => `Uhr geht ${by} s nach (± ${exact} s)`,
    duties: 'Aufgaben',
    nobody: 'noch niemand',
    since: (time: string) => `seit ${time}`,
    duty: {
      sweep: 'Beendet, was abgelaufen ist',
      reencryption: 'Verschlüsselt Altes mit dem neusten Schlüssel',
      usage: 'Räumt die Nutzung gelöschter Geheimnisse auf',
      'usage-months': 'Zählt die Nutzung der Monate zusammen',
      moves: 'Verschiebt Geheimnisse',
      deleted: 'Leert die Papierkörbe',
      nodes: 'Vergisst Knoten, die weg sind',
      check: 'Prüft den Speicher',
    },
    versions: 'Version',
    now: 'jetzt',
    storage: 'Speicher',
    kind: 'Art',
    size: 'Belegt',
    check: 'Volle Prüfung',
    neverChecked: 'noch keine',
    healthy: 'alles ist heil',
    damaged: 'es gibt Fehler',
    checked: 'Letzte',
    nextCheck: 'Nächste',
    findings:
      'Stellen Sie den Speicher aus einer Sicherung wieder her, oder holen Sie Hilfe, bevor mehr geschrieben wird.',
    backup: 'Sicherung',
    backupText: 'Auf der Maschine des Servers, während er läuft:',
    backupKeys:
      'Die Kopie ist verschlüsselt wie der Speicher. Bewahren Sie den Schlüssel des Siegels oder seine Teile woanders auf; ohne sie kann niemand sie lesen.',
    backupShared: (kind: string) =>
      `Dieser Speicher liegt in ${kind}: Sichern Sie ihn, wie Sie es dort tun. Bewahren Sie den Schlüssel des Siegels oder seine Teile woanders auf; ohne sie kann niemand die Kopie lesen.`,
    key: 'Schlüssel',
    term: 'Nummer',
    installed: 'In Gebrauch seit',
    encryptions: 'Verschlüsselungen',
    rotate: 'Neuen Schlüssel erzeugen',
    rotateTitle: 'Neuen Schlüssel erzeugen?',
    rotateText:
      'Was ab jetzt gespeichert wird, ist mit dem neuen Schlüssel verschlüsselt. Älteres bleibt lesbar und wird nach und nach neu verschlüsselt. Niemand merkt etwas davon; die Teile des Siegels bleiben, wie sie sind.',
    rotated: 'Es gibt einen neuen Schlüssel.',
    rotation: 'Neue Schlüssel von selbst erzeugen',
    days: 'Nach Tagen',
    daysHint: '0 für keine Grenze',
    operations: 'Nach Verschlüsselungen',
    operationsHint: 'Mindestens eine Million',
    rotationStored: 'So werden ab jetzt neue Schlüssel erzeugt.',
    rotatesAfter: (days: number) => `Nach ${days} Tagen gibt es einen neuen Schlüssel.`,
    rotatesNever: 'Neue Schlüssel gibt es von Hand, oder wenn dieser zu oft benutzt wurde.',
  },
}
