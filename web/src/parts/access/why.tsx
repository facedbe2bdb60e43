import { Text } from '@mantine/core'
import type { Standing } from '../../api/access.ts'
import { useAllowed } from '../../api/acl.ts'
import { useTexts } from '../../texts/texts.ts'
import admin from '../administer/administer.module.css'
import { LinkTo } from '../link-to.tsx'

type Props = {
  readonly rules: Standing['rules']
  /** A group or login says itself how its policies came to it. */
  readonly hasWays: boolean
}

/** By which policy, and by which group it came. */
export function Why({ rules, hasWays }: Props) {
  const { access: texts, simulator } = useTexts()
  const allowed = useAllowed()
  const policies = [...new Map(rules.map((rule) => [rule.policy, rule])).values()]
  const ways = new Set(
    hasWays
      ? rules.flatMap(({ ways: all }) =>
          all.map(({ kind, name, path, role }) =>
            simulator.ways(kind, name, role === '' ? path : `${path} (${role})`),
          ),
        )
      : [],
  )
  return (
    <>
      {[...ways].map((way) => (
        <Text key={way} size="xs" c="dimmed">
          {way}
        </Text>
      ))}
      {policies.map(({ policy, line }) => (
        <Text key={policy} size="xs" c="dimmed">
          {allowed(`sys/policies/acl/${policy}`, 'read') ? (
            <LinkTo to="/policies" search={{ name: policy }} className={admin.link}>
              {texts.byPolicy(policy, line)}
            </LinkTo>
          ) : (
            texts.byPolicyNamed(policy)
          )}
        </Text>
      ))}
    </>
  )
}
