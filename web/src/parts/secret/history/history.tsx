import { Stack, Text } from '@mantine/core'
import { useHistory } from '../../../api/versions.ts'
import { useTexts } from '../../../texts/texts.ts'
import { Loading } from '../../states/loading.tsx'
import { Trouble } from '../../states/trouble.tsx'
import classes from './history.module.css'
import { VersionRow } from './version-row.tsx'

type Props = {
  readonly path: string
  readonly writable: boolean
  /** Below a state that says why the secret does not show: without a history there is nothing to add. */
  readonly quiet?: boolean
}

/** The versions of a secret, the newest first: who wrote them and when, and what can be done with them. */
export function History({ path, writable, quiet = false }: Props) {
  const { history: words } = useTexts()
  const { data: history, error, isPending, refetch } = useHistory(path)
  if (quiet && !history) return null
  if (isPending) return <Loading />
  if (error !== null) return <Trouble error={error} again={() => void refetch()} />
  if (history === null || history.versions.length === 0) return <Text c="dimmed">{words.none}</Text>
  return (
    <Stack gap="xs">
      <ol className={classes.timeline} aria-label={words.label} reversed>
        {history.versions.map((version) => (
          <VersionRow key={version.number} history={history} version={version} writable={writable} />
        ))}
      </ol>
    </Stack>
  )
}
