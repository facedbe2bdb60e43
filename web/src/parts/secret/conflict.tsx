import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { readSecret } from '../../api/secrets.ts'
import { openSecret } from '../../crypt/sealed.ts'
import { useTexts } from '../../texts/texts.ts'
import { TroubleLine } from '../states/trouble-line.tsx'
import { DifferenceRow } from './history/difference-row.tsx'
import { differencesOf } from './history/differences.ts'
import classes from './history/history.module.css'
import { useSteps } from './use-steps.tsx'

type Props = {
  readonly path: string
  readonly mine: JsonObject
  /** That of an encrypted secret, whose fields are compared in clear if it opens theirs. */
  readonly passphrase: string | undefined
  readonly isNew: boolean
  readonly keepMine: () => Promise<void>
  readonly takeTheirs: () => Promise<void>
}

/** Somebody else wrote the secret meanwhile: what differs, and which of both is to stay. */
export function Conflict({ path, mine, passphrase, isNew, keepMine, takeTheirs }: Props) {
  const { secret, conflict } = useTexts()
  const theirs = useQuery({
    queryKey: ['conflict', path],
    queryFn: () => theirsAt(path, passphrase),
    staleTime: 0,
    gcTime: 0,
  })
  return (
    <Alert color="yellow" role="alert" icon={<IconUsers aria-hidden />} title={secret.conflictTitle}>
      <Stack gap="xs">
        <Text size="sm">{isNew ? secret.conflictNew : secret.conflictText}</Text>
        {theirs.error !== null ? (
          <TroubleLine error={theirs.error} title={conflict.unknown} />
        ) : theirs.isPending ? (
          <Loader size="sm" />
        ) : (
          <Differences mine={mine} theirs={theirs.data} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button size="compact-md" variant="default" onClick={() => void takeTheirs()}>
            {secret.conflictTheirs}
          </Button>
          <Button size="compact-md" onClick={() => void keepMine()}>
            {secret.conflictMine}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

async function theirsAt(path: string, passphrase: string | undefined): Promise<JsonObject> {
  const { data = {} } = (await readSecret(path)) ?? {}
  const opened = passphrase === undefined ? undefined : await openSecret(data, passphrase)
  return opened?.kind === 'open' ? { ...opened.data } : data
}

/** By name; the values of both show once somebody wants to see them. */
function Differences({ mine, theirs }: { readonly mine: JsonObject; readonly theirs: JsonObject }) {
  const { secret, conflict } = useTexts()
  const { first, more } = useSteps(differencesOf(theirs, mine))
  const how = {
    removed: secret.only(secret.theirs),
    added: secret.only(secret.mine),
    changed: secret.differs,
  }
  return (
    <>
      <ul className={classes.differences} aria-label={conflict.label}>
        {first.map((difference) => (
          <DifferenceRow
            key={difference.name}
            difference={difference}
            how={how[difference.kind]}
            before={conflict.theirs}
            after={conflict.mine}
          />
        ))}
      </ul>
      {more}
    </>
  )
}
