import { type Acl, compileAcl, type Question, type Source } from './acl.ts'
import { fillPattern, type TemplateValues, templatesOf, withoutTemplates } from './pattern.ts'
import type { Policy } from './rule.ts'

export type NamedPolicy = { readonly name: string; readonly policy: Policy }

/** Which rules had a part in a decision. */
export type Explanation = {
  /** They decide together: all that are for the one pattern which fits the path best. */
  readonly deciding: readonly Source[]
  /** They fit the path too, and one above fits it better. */
  readonly overruled: readonly Source[]
  /** They might fit, if their templates had values for the caller. */
  readonly unfilled: readonly Source[]
  /** There are more rules than were looked at for the last two. */
  readonly isPartial: boolean
}

/** Rules that are looked at one by one. */
const maxLooked = 20_000
/** Rules of one kind that are told. */
const maxTold = 100

/**
 * Tells which rules decide about a question. What decides is asked of the compiled rules that decide themselves, and
 * whether a rule fits by compiling it alone.
 *
 * @param acl compiled of exactly these policies and values
 */
export function explain(
  acl: Acl,
  policies: readonly NamedPolicy[],
  values: TemplateValues | undefined,
  question: Pick<Question, 'operation' | 'path'>,
): Explanation {
  const deciding = acl.deciding(question)
  const overruled: Source[] = []
  const unfilled: Source[] = []
  const told = () => overruled.length >= maxTold || unfilled.length >= maxTold
  let looked = 0
  for (const { name, policy } of policies) {
    for (const rule of policy.rules) {
      if (++looked > maxLooked || told()) return { deciding, overruled, unfilled, isPartial: true }
      const source = { policy: name, rule }
      if (deciding.some((one) => one.rule === rule)) continue
      if (fits(source, values, question)) overruled.push(source)
      else if (lacksValues(source, values) && fits(loosened(source), undefined, question)) {
        unfilled.push(source)
      }
    }
  }
  return { deciding, overruled, unfilled, isPartial: false }
}

function fits(
  { policy: name, rule }: Source,
  values: TemplateValues | undefined,
  question: Pick<Question, 'operation' | 'path'>,
): boolean {
  return compileAcl([{ name, policy: { rules: [rule] } }], values).deciding(question).length > 0
}

function lacksValues({ rule: { pattern } }: Source, values: TemplateValues | undefined): boolean {
  return templatesOf(pattern).length > 0 && fillPattern(pattern, values ?? (() => [])).length === 0
}

/** The rule as it would be for whoever has any values. */
function loosened({ policy, rule }: Source): Source {
  return { policy, rule: { ...rule, pattern: { ...rule.pattern, fixed: withoutTemplates(rule.pattern) } } }
}
