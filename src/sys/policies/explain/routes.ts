import { answer } from '../../../backend/answers/answer.ts'
import type { SystemContext } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import type { Operation } from '../../../backend/routes/operation.ts'
import { requestPath } from '../../../backend/routes/path.ts'
import { systemRoute } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import { explain } from '../../../policy/explain.ts'
import { policyName } from '../../../policy/names.ts'
import type { Judgement, SystemServices } from '../../services.ts'
import { explanationShape, ruleData, type ToldReason } from './shapes.ts'
import { type Draft, entityOf, namesOf, type Subject, selfOf, tokenOf } from './subject.ts'

const operations: readonly Operation[] = ['create', 'read', 'update', 'patch', 'delete', 'list', 'scan']

/** Characters of a draft: of those who write policies, and of everybody, whose drafts take the time of a request. */
const longestDraft = 1024 * 1024
const longestOwnDraft = 64 * 1024

const draftField = (maxLength: number) =>
  field.string('The text of a policy that is tried before it is stored.', { maxLength })
const question = {
  path: field.string('The path of the request, as it follows /v1/.', { maxLength: 2048 }),
  operation: field.string('create, read, update, patch, delete, list or scan; read without it.', {
    enum: operations,
  }),
  parameters: field.object('What the request carries, for rules about parameters.'),
  wrap_ttl: field.duration('For how long the answer is to be wrapped.'),
  policy: draftField(longestDraft),
  name: field.string('The name of that policy.', { maxLength: 200 }),
}
const subject = {
  accessor: field.string('What the token of this accessor could do.'),
  entity_id: field.string('What this entity could do, by itself and its groups.'),
  policies: field.list('What whoever has these policies could do; with entity_id: beside its own.', {
    maxItems: 100,
  }),
}
type Question = FieldValues<typeof question>

function draftOf({ policy, name }: Question): Draft | undefined {
  return policy === undefined ? undefined : { text: policy, name: policyName(name ?? 'draft') }
}

/** Policies first, as for a request; who is no owner learns nothing more by that. */
function reasonOf({ verdict, isOpen, space, isFixed }: Judgement): ToldReason {
  if (isOpen && isFixed) return 'configuration'
  if (isOpen) return 'open'
  if (!verdict.allowed) return verdict.reason
  if (space === 'closed') return 'owner'
  return isFixed ? 'configuration' : 'granted'
}

async function told(
  services: SystemServices,
  { tx, caller }: SystemContext,
  sent: Question,
  isSelf: boolean,
  { acl, policies, values, entrants, ways, missing }: Subject,
): Promise<Reply> {
  if (sent.path === undefined || sent.path === '') fail('invalid_request', 'path must be supplied')
  const path = requestPath(sent.path)
  // The field takes no other texts.
  const operation = (sent.operation ?? 'read') as Operation
  const asked = { operation, path, fields: sent.parameters ?? {}, wrapTtl: sent.wrap_ttl }
  const judgement = await services.judge(tx, asked, { acl, entrants, told: isSelf ? caller?.acl : undefined })
  const reason = reasonOf(judgement)
  const { deciding, overruled, unfilled, isPartial } = explain(acl, policies, values, judgement.question)
  const shown = (rules: typeof deciding) => rules.map((rule) => ruleData(rule, ways))
  return {
    data: {
      path,
      operation,
      allowed: reason === 'granted' || reason === 'open',
      reason,
      capabilities: [...acl.capabilities(judgement.question.path)],
      needs_sudo: judgement.question.sudo,
      has_mount: judgement.hasMount,
      space: judgement.space,
      rules: shown(deciding),
      overruled: shown(overruled),
      unfilled: shown(unfilled),
      is_partial: isPartial,
      missing_policies: [...missing],
    },
  }
}

const meaning =
  'The same functions decide as about a request. `rules` decide together; `overruled` ones fit the path less exactly; ' +
  '`unfilled` ones might fit if their templates had values. Networks that a token is bound to, its uses and rate ' +
  'limits are not looked at.'

export function explainRoutes(services: SystemServices) {
  return [
    systemRoute({
      path: 'policies/explain-self',
      summary: 'What the caller could do at a path, and which rule of which policy decides.',
      description: `With \`policy\`: what that text alone would allow to the caller. A mount that the caller may do nothing with is as none. ${meaning}`,
      fields: { ...question, policy: draftField(longestOwnDraft) },
      answers: { write: answer.data(explanationShape) },
      operations: {
        update: async (context, sent) =>
          told(services, context, sent, true, await selfOf(context, draftOf(sent))),
      },
    }),
    systemRoute({
      path: 'policies/explain',
      summary: 'What a token, an entity or some policies could do at a path, and which rule decides.',
      description:
        'Needs sudo. With `policy`: as if the policy `name` had that text; alone, what that text alone would allow. ' +
        `An entity may get further policies by how it logs in, which \`policies\` can name. ${meaning}`,
      fields: { ...subject, ...question },
      answers: { write: answer.data(explanationShape) },
      operations: {
        update: async (context, { accessor, entity_id: entityId, policies = [], ...sent }) => {
          if (accessor !== undefined && entityId !== undefined) {
            fail('invalid_request', 'either accessor or entity_id may be supplied')
          }
          const draft = draftOf(sent)
          if (accessor !== undefined && policies.length > 0) {
            fail('invalid_request', 'a token has its own policies: leave policies out')
          }
          if (
            accessor === undefined &&
            entityId === undefined &&
            policies.length === 0 &&
            draft === undefined
          ) {
            fail('invalid_request', 'one of accessor, entity_id, policies and policy must be supplied')
          }
          const found =
            accessor !== undefined
              ? tokenOf(services, context, accessor, draft)
              : entityId !== undefined
                ? entityOf(context, entityId, policies, draft)
                : namesOf(context, policies, draft)
          return told(services, context, sent, false, await found)
        },
      },
      sudo: true,
    }),
  ]
}
