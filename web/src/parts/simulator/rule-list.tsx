import { Code, Text } from '@mantine/core'
import type { ToldRule } from '../../api/explain.ts'
import { useTexts } from '../../texts/texts.ts'
import admin from '../administer/administer.module.css'
import { LinkTo } from '../link-to.tsx'
import classes from './simulator.module.css'

type Props = {
  readonly title: string
  readonly rules: readonly ToldRule[]
  /** The policy beside them. */
  readonly policy?: string
}

/** Rules with where they stand, what they allow and how they came to somebody. */
export function RuleList({ title, rules, policy: here }: Props) {
  const { simulator: texts } = useTexts()
  if (rules.length === 0) return null
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <ul className={classes.rules} aria-label={title}>
        {rules.map(({ policy, path, line, capabilities, limits, ways }) => (
          <li key={`${policy}:${line}:${path}`}>
            <Text size="sm" ff="monospace" className={classes.pattern ?? ''}>
              <bdi>{path}</bdi>
            </Text>
            <Text size="sm">{capabilities.length === 0 ? texts.nothing : capabilities.join(', ')}</Text>
            <Text size="xs" c="dimmed">
              {policy === here ? (
                texts.line(line)
              ) : (
                <LinkTo to="/policies" search={{ name: policy }} className={admin.link}>
                  {texts.lineOf(policy, line)}
                </LinkTo>
              )}
            </Text>
            {ways.map((way) => {
              const said = texts.ways(
                way.kind,
                way.name,
                way.role === '' ? way.path : `${way.path} (${way.role})`,
              )
              return (
                said !== '' && (
                  <Text key={said} size="xs" c="dimmed">
                    {said}
                  </Text>
                )
              )
            })}
            {limits !== undefined && (
              <>
                <Text size="xs" c="dimmed">
                  {texts.limits}
                </Text>
                <Code block>{JSON.stringify(limits, null, 1)}</Code>
              </>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
