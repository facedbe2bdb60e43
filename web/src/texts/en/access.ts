export const access = {
  access: {
    tab: 'Access',
    title: 'Who has access',
    titleOf: (folder: string) => `Who has access to ${folder}`,
    onlyYou: 'Only you',
    only: (name: string) => `Only ${name}`,
    somebody: 'its owner',
    ownText:
      'This is in your private space. Nobody else can read it, whatever rights they have here. An administrator can only do so in an emergency, which you see here and under "Activity". To keep it also from whoever runs the machine, encrypt it with a passphrase.',
    othersText: 'This is in a private space. Nobody but its owner can open it, whatever policies say.',
    tokenText:
      'This is kept for this login alone and goes with it. No other login can open it, your next one neither.',
    openings: 'Opened for a while',
    until: (time: string) => `until ${time}`,
    you: 'You',
    can: (deeds: string) => `Can ${deeds}`,
    youCan: (deeds: string) => `You can ${deeds}.`,
    youCannot: 'You can do nothing here.',
    deeds: { read: 'read', change: 'change', delete: 'delete', list: 'see names' },
    limited: 'within limits of the policy',
    kinds: { group: 'Groups', entity: 'People', role: 'Logins', token: 'Tokens' },
    none: {
      group: 'No group.',
      entity: 'Nobody by themselves or by a group.',
      role: 'No login gives access.',
      token: '',
    },
    members: (count: number, more: boolean) =>
      `${count}${more ? '+' : ''} ${count === 1 ? 'member' : 'members'}`,
    at: (mount: string) => `logs in at ${mount}`,
    tokens: (count: number, policies: string) =>
      `${count === 1 ? 'One token' : `${count} tokens`} with ${policies}`,
    byPolicy: (policy: string, line: number) => `By the policy ${policy}, line ${line}`,
    byPolicyNamed: (policy: string) => `By the policy ${policy}`,
    looking: 'Looking for more …',
    more: 'Look further',
    allNote:
      'Tokens that hold all they may in themselves (batch tokens) are not seen, nor is who may give themselves more rights. Rights of a person’s groups and of their login add up.',
    groupsNote: 'Administrators of this store may have access too; they can see all who have.',
  },
}
