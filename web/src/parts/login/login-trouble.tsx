import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import { TroubleLine } from '../states/trouble-line.tsx'

type Props = {
  readonly error: unknown
  /** What it means, where it is plain what was wrong. */
  readonly wrong: string | undefined
}

/** Why a login did not work. */
export function LoginTrouble({ error, wrong }: Props) {
  const { login } = useTexts()
  if (error === null) return null
  if (wrong === undefined) return <TroubleLine error={error} title={login.failed} />
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
      {wrong}
    </Alert>
  )
}
