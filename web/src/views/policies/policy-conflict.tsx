import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { readPolicy } from '../../api/policies.ts'
import { TroubleLine } from '../../parts/states/trouble-line.tsx'
import { useTexts } from '../../texts/texts.ts'
import { differingLines } from './differing-lines.ts'
import classes from './policies.module.css'

type Props = {
  readonly name: string
  readonly mine: string
  readonly isNew: boolean
  readonly keepMine: () => Promise<void>
  readonly takeTheirs: () => Promise<void>
}

/** Somebody else wrote the policy meanwhile: which lines differ, and which of both is to stay. */
export function PolicyConflict({ name, mine, isNew, keepMine, takeTheirs }: Props) {
  const { policies } = useTexts()
  const { data: theirs, error } = useQuery({
    queryKey: ['policy-conflict', name],
    queryFn: () => readPolicy(name),
    staleTime: 0,
    gcTime: 0,
  })
  const isGone = theirs === null
  return (
    <Alert
      color="yellow"
      role="alert"
      icon={<IconUsers aria-hidden />}
      title={isNew ? policies.nameTaken : policies.conflictTitle}
    >
      <Stack gap="xs">
        <Text size="sm">{isGone ? policies.conflictGone : policies.conflictText}</Text>
        {error !== null ? (
          <TroubleLine error={error} />
        ) : theirs === undefined ? (
          <Loader size="sm" />
        ) : (
          !isGone && <Lines mine={mine} theirs={theirs} />
        )}
        <Group justify="flex-end" gap="xs">
          {!isGone && (
            <Button size="compact-md" variant="default" onClick={() => void takeTheirs()}>
              {policies.takeTheirs}
            </Button>
          )}
          <Button size="compact-md" onClick={() => void keepMine()}>
            {policies.keepMine}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

function Lines({ mine, theirs }: { readonly mine: string; readonly theirs: string }) {
  const { policies } = useTexts()
  const [own, other] = differingLines(mine, theirs)
  const shown = (side: string, lines: readonly string[]) =>
    lines.length > 0 && (
      <div>
        <Text size="xs" fw={600}>
          {side}
        </Text>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
        <section className={classes.lines} tabIndex={0} aria-label={side}>
          <pre>{lines.join('\n')}</pre>
        </section>
      </div>
    )
  return (
    <>
      {shown(policies.mine, own)}
      {shown(policies.theirs, other)}
    </>
  )
}
