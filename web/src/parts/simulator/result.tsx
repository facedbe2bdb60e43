import { Alert, Badge, Group, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import type { Explanation } from '../../api/explain.ts'
import { useTexts } from '../../texts/texts.ts'
import { RuleList } from './rule-list.tsx'

type Props = {
  readonly explanation: Explanation
  /** The policy beside it, whose rules need not be named again. */
  readonly policy: string
}

/** What somebody could do, in a sentence, and the rules behind it. */
export function Result({ explanation, policy }: Props) {
  const { simulator: texts } = useTexts()
  const { allowed, reason, capabilities, hasMount, rules, overruled, unfilled, missing } = explanation
  const Icon = allowed ? IconCircleCheck : IconCircleX
  const some = capabilities.filter((name) => name !== 'deny')
  return (
    <Stack gap="sm">
      <Alert
        color={allowed ? 'teal' : 'red'}
        role="status"
        icon={<Icon aria-hidden />}
        title={allowed ? texts.allowed : texts.refused}
      >
        <Text size="sm">{texts.reasons[reason] ?? reason}</Text>
        {!hasMount && <Text size="sm">{texts.noMount}</Text>}
        {missing.length > 0 && <Text size="sm">{texts.missing(missing.join(', '))}</Text>}
      </Alert>
      {some.length > 0 && (
        <div>
          <Text size="sm" fw={600}>
            {texts.capabilities}
          </Text>
          <Group gap={4}>
            {some.map((name) => (
              <Badge key={name} variant="default" tt="none">
                {name}
              </Badge>
            ))}
          </Group>
        </div>
      )}
      <RuleList title={texts.decides} rules={rules} policy={policy} />
      <RuleList title={texts.overruled} rules={overruled} policy={policy} />
      <RuleList title={texts.unfilled} rules={unfilled} policy={policy} />
      <Text size="xs" c="dimmed">
        {texts.note}
      </Text>
    </Stack>
  )
}
