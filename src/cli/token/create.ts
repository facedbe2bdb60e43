import { defineCommand } from '../command/command.ts'
import { choice, duration, onOff, pairs, text, texts, whole } from '../command/flag.ts'
import { readSecretArgument } from '../input/values.ts'
import { showAnswer } from '../output/answer.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const createCommand = defineCommand({
  name: 'create',
  summary: 'Creates a token below your own',
  examples: [
    [
      'A token for a job, with one policy and ten uses',
      'coffer token create -policy=read-app -ttl=24h -use-limit=10',
    ],
    ['The bare token, for a script', 'coffer token create -field=token -policy=read-app'],
  ],
  args: {},
  flags: {
    policy: texts('Policy of the token. Without any it has yours.', 'name'),
    noDefaultPolicy: onOff('Leave out the policy default.'),
    ttl: duration('How long it lives, unless it is renewed.'),
    explicitMaxTtl: duration('How long it can live with renewals.'),
    period: duration('Every renewal gives it this long again, without an end. Needs sudo.'),
    renewable: onOff('Whether it can be renewed; true if absent.'),
    useLimit: whole('After so many requests it is revoked.'),
    type: choice('Whether it is stored (service) or carries all in itself (batch).', ['service', 'batch']),
    orphan: onOff('It does not end with your own token. Needs sudo.'),
    role: text('Token role that settles its properties.', 'name'),
    displayName: text('Name that audit logs show.', 'name'),
    metadata: pairs('Facts that audit logs show.'),
    entityAlias: text('Alias of the entity that it acts for; with -role only.', 'name'),
    id: text('The token itself, - or @file, instead of a random one. Needs sudo.', 'token'),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: () => 'creating the token',
  run: async (call) => {
    const { flags } = call
    const id = flags.id === undefined ? undefined : await readSecretArgument(call.io, flags.id)
    const renewable = flags.type === 'batch' ? false : flags.renewable
    const request = {
      ...(id !== undefined && { id }),
      ...(flags.policy && { policies: flags.policy }),
      ...(flags.noDefaultPolicy && { no_default_policy: true }),
      ...(flags.ttl && { ttl: flags.ttl }),
      ...(flags.explicitMaxTtl && { explicit_max_ttl: flags.explicitMaxTtl }),
      ...(flags.period && { period: flags.period }),
      ...(renewable !== undefined && { renewable }),
      ...(flags.useLimit && { num_uses: flags.useLimit }),
      ...(flags.type && { type: flags.type }),
      ...(flags.orphan && { no_parent: true }),
      ...(flags.displayName && { display_name: flags.displayName }),
      ...(flags.metadata && { meta: flags.metadata }),
      ...(flags.entityAlias && { entity_alias: flags.entityAlias }),
    }
    return withApi(call, async ({ token }) => showAnswer(call, await token.create(request, flags.role)))
  },
})
