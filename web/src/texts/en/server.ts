export const server = {
  unseal: {
    title: 'The store is sealed',
    lead: 'Nothing can be opened until enough holders of its key have given their shares. What is stored is safe.',
    meanwhile:
      'What you have open is still there. It goes on as soon as enough holders of the key have given their shares.',
    progress: (given: number, needed: number) =>
      `${given} of ${needed} ${needed === 1 ? 'share' : 'shares'} given`,
    progressLabel: 'Shares given',
    needed: (t: number, n: number) => `${t} of ${n} shares open it. Each holder gives their own.`,
    node: (host: string) =>
      `This is ${host}. Each server of a store is unsealed by itself, at its own address.`,
    attempt: 'Attempt',
    share: 'Key share',
    recoveryShare: 'Recovery key share',
    shareHint: 'One at a time. It is sent to the server and kept nowhere on this page.',
    give: 'Give the share',
    reset: 'Start over',
    told: {
      again: 'This share was given already. Give another one.',
      none: 'This is no share of this store’s key. Look whether all of it was copied.',
      wrong: 'These shares do not open the store together: at least one is not of this key. Begin again.',
    },
    bySelf: 'This server opens by itself',
    bySelfText:
      'Its key lies in a file beside it, not in shares. It was sealed by hand, and opens when it is started again.',
  },
}
