import { Alert, Button, Group, List, Loader, Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../../src/base/json/json.ts'
import { readSecret } from '../../api/secrets.ts'
import { openSecret } from '../../crypt/sealed.ts'
import { useTexts } from '../../texts/texts.ts'
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
  const { secret } = useTexts()
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
        {theirs.isPending ? <Loader size="sm" /> : <Differences mine={mine} theirs={theirs.data ?? {}} />}
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

/** By name alone: the values stay hidden. */
function Differences({ mine, theirs }: { readonly mine: JsonObject; readonly theirs: JsonObject }) {
  const { secret } = useTexts()
  const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])]
  const different = names.filter((name) => JSON.stringify(mine[name]) !== JSON.stringify(theirs[name]))
  const { first, more } = useSteps(different)
  const how = (name: string) =>
    !Object.hasOwn(theirs, name)
      ? secret.only(secret.mine)
      : !Object.hasOwn(mine, name)
        ? secret.only(secret.theirs)
        : secret.differs
  return (
    <>
      <List size="sm">
        {first.map((name) => (
          <List.Item key={name}>
            <bdi>{name}</bdi>: {how(name)}
          </List.Item>
        ))}
      </List>
      {more}
    </>
  )
}
