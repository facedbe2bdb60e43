import { Code, Stack } from '@mantine/core'
import { ClientError } from '../../../../src/client/error.ts'
import { troubleOf } from '../../api/trouble.ts'
import { useTexts } from '../../texts/texts.ts'
import { TroubleLine } from '../states/trouble-line.tsx'

/** Why the server refused something: what it means, and its own words. */
export function ServerSaid({ error }: { readonly error: unknown }) {
  const { operation } = useTexts()
  const said = error instanceof ClientError ? error.errors.join('\n') : ''
  const status = error instanceof ClientError ? error.status : undefined
  // Where it was refused its words are shown with what they mean.
  const isShown = said === '' || troubleOf(error).kind === 'refused'
  return (
    <Stack gap="xs">
      <TroubleLine error={error} />
      {!isShown && status !== undefined && <Code block>{operation.said(status, said)}</Code>}
    </Stack>
  )
}
