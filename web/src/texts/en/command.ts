export const command = {
  command: {
    show: 'Show the command',
    hide: 'Hide the command',
    label: 'The same on a command line',
    tool: 'Program',
    hint: {
      coffer: 'Log in with coffer login first, or put a token into VAULT_TOKEN.',
      curl: 'It takes a token from VAULT_TOKEN; coffer print token prints yours.',
    },
    gaps: 'Secrets are not shown: fill in what is in <angle brackets>.',
    asks: 'Secrets are not shown: it asks for them.',
    file: (name: string) => `It reads this file, ${name}:`,
    copy: 'Copy the command',
    copyFile: (name: string) => `Copy ${name}`,
    copied: 'Copied.',
  },
}
