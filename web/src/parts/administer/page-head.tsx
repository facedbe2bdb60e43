import { Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { LinkTo } from '../link-to.tsx'
import classes from './administer.module.css'

type Props = {
  readonly title: string
  readonly lead?: ReactNode
  /** Where this is one of several: those. */
  readonly above?: {
    readonly label: string
    readonly to: string
    readonly search?: Readonly<Record<string, string>>
  }
  /** What can be done with all of it. */
  readonly tools?: ReactNode
}

/** What a view of administrators begins with. */
export function PageHead({ title, lead, above, tools }: Props) {
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Stack gap={4} className={classes.headWords ?? ''}>
        {above !== undefined && (
          <LinkTo to={above.to} search={above.search ?? {}} className={classes.link}>
            {above.label}
          </LinkTo>
        )}
        <Title order={1} size="h3">
          <bdi>{title}</bdi>
        </Title>
        {lead !== undefined && (
          <Text c="dimmed" size="sm" component="div">
            {lead}
          </Text>
        )}
      </Stack>
      {tools !== undefined && <Group gap="xs">{tools}</Group>}
    </Group>
  )
}
