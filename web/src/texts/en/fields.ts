export const fields = {
  notes: {
    title: 'Notes',
    hint: 'Kept in the field "notes", hidden and encrypted as the others are.',
  },
  totp: {
    title: 'One-time codes',
    lead: 'Paste what the site shows when you set up an authenticator app: its otpauth:// address, or the key.',
    key: 'Address or key',
    picture: 'Read a QR code from a picture',
    noCode: 'There is no QR code in this picture that can be read.',
    algorithm: 'Algorithm',
    digits: 'Digits',
    period: 'Seconds',
    compare: 'Give this code to the site. If it takes it, the key is right.',
    use: 'Use it',
    codes: 'One-time codes (TOTP)',
    copy: (field: string) => `Copy the code of ${field}`,
    copyFailed: 'There is no code to copy. Show the field to see why.',
    left: 'Time left',
    seconds: (seconds: number) => `${seconds} s`,
    next: 'then',
    clock: (seconds: number, ahead: boolean) =>
      `The clock of this device is ${seconds} seconds ${ahead ? 'ahead of' : 'behind'} that of the server: the code may be refused.`,
    badAddress: 'This address makes no codes: it is no otpauth://totp/ address.',
    badSecret: 'This key makes no codes: it has letters A to Z and digits 2 to 7, and may have been cut.',
    badSettings:
      'This address asks for codes that nothing takes: too few or too many digits, or too long a time.',
    counter:
      'These are codes by a counter (HOTP), which two people cannot share. Only codes by time are shown.',
  },
  qr: {
    button: 'QR code',
    of: (name: string) => `QR code of ${name}`,
    picture: (name: string) => `A QR code that holds ${name}`,
    hint: 'Point the camera of a phone at it. Whoever sees this picture has the value.',
    long: 'This is too long for a QR code',
    longText: (bytes: number, most: number) =>
      `It has ${bytes} bytes; a phone reads at most ${most} from a screen. Copy it, or share it by a one-time link.`,
  },
  custom: {
    title: 'Custom metadata',
    hint: 'Not secret and never encrypted: for an owner, a purpose, a date. Searches find it.',
    name: 'Name',
    number: (number: number) => `Name of metadata ${number}`,
    value: (name: string) => `Metadata ${name}`,
    remove: (name: string) => `Remove metadata ${name}`,
    add: 'Add metadata',
    noValue: 'Give it a value.',
    long: (most: number) => `At most ${most} bytes.`,
    unprintable: 'Only one line, of characters that can be seen.',
    notStored: 'The secret is stored, its custom metadata is not',
  },
}
