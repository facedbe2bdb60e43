import { ActionIcon, Badge, Group, Stack, Text, Title } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import type { Operation } from '../../api/description/operations.ts'
import { OperationForm } from '../../parts/operation/operation-form.tsx'
import { useTexts } from '../../texts/texts.ts'
import classes from './api.module.css'
import { MethodBadge } from './method-badge.tsx'

type Props = { readonly operation: Operation; readonly close: () => void }

/** What an operation does, and where it is tried. */
export function OperationPanel({ operation, close }: Props) {
  const { api, common } = useTexts()
  const { method, path, summary, description, needsSudo, isOpen } = operation
  return (
    <Stack>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <ActionIcon
          className={classes.back ?? ''}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={common.back}
          onClick={close}
        >
          <IconArrowLeft size={20} aria-hidden className="flips" />
        </ActionIcon>
        <div className={classes.title}>
          <Title order={2} size="h4">
            {summary}
          </Title>
          <div dir="ltr" className={classes.where}>
            <MethodBadge method={method} /> <code>/v1/{path}</code>
          </div>
        </div>
      </Group>
      {(needsSudo || isOpen) && (
        <Group gap="xs">
          {needsSudo && <Badge variant="light">{api.sudo}</Badge>}
          {isOpen && (
            <Badge variant="light" color="gray">
              {api.open}
            </Badge>
          )}
        </Group>
      )}
      {description !== summary && (
        <Text size="sm" className={classes.description ?? ''}>
          {description}
        </Text>
      )}
      <OperationForm operation={operation} />
    </Stack>
  )
}
