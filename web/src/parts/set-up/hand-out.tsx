import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconArrowRight } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { Session } from '../../api/session.ts'
import { enter, type Made } from '../../api/set-up.ts'
import { useTexts } from '../../texts/texts.ts'
import { TroubleLine } from '../states/trouble-line.tsx'
import { OnceRow } from './once-row.tsx'
import classes from './set-up.module.css'

type Props = { readonly made: Made; readonly entered: (session: Session) => void }

/** The shares and the root token, the one time that they can be seen; each is ticked off before it goes on. */
export function HandOut({ made, entered }: Props) {
  const { setUp } = useTexts()
  const [done, setDone] = useState<ReadonlySet<string>>(new Set())
  const [shown, setShown] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const rows = [
    ...made.shares.map((value, index) => ({
      name: setUp.share(index + 1),
      value,
      file: `share-${index + 1}`,
    })),
    { name: setUp.rootToken, value: made.rootToken, file: 'root-token' },
  ]
  const left = rows.filter(({ file }) => !done.has(file)).length
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [])

  const go = async () => {
    setBusy(true)
    setError(undefined)
    try {
      entered(await enter(made))
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return (
    <Stack>
      <Title order={2} size="h5">
        {setUp.handOut}
      </Title>
      {made.shares.length > 0 && (
        <Text size="sm">{made.opens ? setUp.handOutText(made.threshold) : setUp.handOutRecovery}</Text>
      )}
      <Text size="sm">{setUp.rootText}</Text>
      <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title={setUp.neverAgain}>
        {setUp.neverAgainText}
      </Alert>
      <ul className={classes.list}>
        {rows.map(({ name, value, file }) => (
          <OnceRow
            key={file}
            name={name}
            value={value}
            file={`coffer-${file}.txt`}
            isShown={shown === file}
            show={(isShown) => setShown(isShown ? file : undefined)}
            isDone={done.has(file)}
            tick={(isDone) => {
              setDone(isDone ? new Set([...done, file]) : new Set([...done].filter((one) => one !== file)))
              setShown(undefined)
            }}
          />
        ))}
      </ul>
      {error !== undefined && <TroubleLine error={error} />}
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {setUp.left(left)}
        </Text>
        <Button
          disabled={left > 0}
          loading={isBusy}
          rightSection={<IconArrowRight size={18} className="flips" aria-hidden />}
          onClick={() => void go()}
        >
          {made.opens ? setUp.openAndGo : setUp.go}
        </Button>
      </Group>
    </Stack>
  )
}
