import { Alert, Button, FileButton, Group, Progress, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconFileSearch } from '@tabler/icons-react'
import { type DragEvent, useEffect, useRef, useState } from 'react'
import { BadKey, checkFiles, readPublicKey, type Verification } from '../../parts/audit/check-files.ts'
import { inOrder } from '../../parts/audit/in-order.ts'
import { sizeText } from '../../texts/sizes.ts'
import { useTexts } from '../../texts/texts.ts'
import classes from './audit.module.css'
import { CheckResult } from './check-result.tsx'

type State =
  | { readonly kind: 'waits'; readonly fault?: string }
  | { readonly kind: 'checks'; readonly done: number; readonly all: number }
  | { readonly kind: 'checked'; readonly result: Verification }

/** Checks log files in the browser; nothing of them leaves it. */
export function CheckFile({ publicKey }: { readonly publicKey: string }) {
  const texts = useTexts()
  const { audit } = texts
  const [state, setState] = useState<State>({ kind: 'waits' })
  const [isOver, setIsOver] = useState(false)
  const [ownKey, setOwnKey] = useState<string>()
  const [keyFrom, setKeyFrom] = useState<'server' | 'file'>('server')
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  const check = async (files: readonly File[]) => {
    if (files.length === 0) return
    const controller = new AbortController()
    running.current = controller
    const all = files.reduce((sum, { size }) => sum + size, 0)
    const progress = (done: number) => {
      if (!controller.signal.aborted) setState({ kind: 'checks', done, all })
    }
    progress(0)
    try {
      const key = await readPublicKey(keyFrom === 'file' ? (ownKey ?? '') : publicKey)
      const result = await checkFiles(inOrder(files), { publicKey: key, progress, signal: controller.signal })
      setState({ kind: 'checked', result })
    } catch (error) {
      const fault =
        error instanceof BadKey ? audit.keyBad : controller.signal.aborted ? audit.stopped : audit.unreadable
      setState({ kind: 'waits', fault })
    }
  }
  const drag = (event: DragEvent, over: boolean) => {
    event.preventDefault()
    setIsOver(over)
  }

  if (state.kind === 'checked') {
    const { ok, findings, head, continues, ...result } = state.result
    return (
      <Stack>
        <CheckResult
          result={{ ...result, isWhole: ok, findings, head, continues: continues?.seq, from: 0 }}
        />
        <Group>
          <Button variant="default" onClick={() => setState({ kind: 'waits' })}>
            {audit.another}
          </Button>
        </Group>
      </Stack>
    )
  }
  if (state.kind === 'checks') {
    const text = audit.progress(sizeText(texts, state.done), sizeText(texts, state.all))
    return (
      <Stack role="status">
        <Text>{audit.checking}</Text>
        <Progress
          value={state.all === 0 ? 100 : (state.done / state.all) * 100}
          size="lg"
          aria-label={audit.progressOf}
        />
        <Text size="sm" c="dimmed" aria-live="off">
          {text}
        </Text>
        <Group>
          <Button variant="default" onClick={() => running.current?.abort()}>
            {audit.stop}
          </Button>
        </Group>
      </Stack>
    )
  }
  return (
    <Stack>
      <Text c="dimmed">{audit.fileLead}</Text>
      <Group align="flex-end">
        <div>
          <Text size="sm" fw={600} mb={4}>
            {audit.keyFrom}
          </Text>
          <SegmentedControl
            aria-label={audit.keyFrom}
            value={keyFrom}
            data={[
              { value: 'server', label: audit.keys.server },
              { value: 'file', label: audit.keys.file },
            ]}
            onChange={setKeyFrom}
          />
        </div>
        {keyFrom === 'file' && (
          <FileButton onChange={(file) => void file?.slice(0, 10_000).text().then(setOwnKey)}>
            {(props) => (
              <Button {...props} variant="default">
                {audit.chooseKey}
              </Button>
            )}
          </FileButton>
        )}
      </Group>
      <section
        aria-label={audit.choose}
        className={classes.drop}
        data-over={isOver || undefined}
        onDragOver={(event) => drag(event, true)}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          drag(event, false)
          void check([...event.dataTransfer.files])
        }}
      >
        <IconFileSearch size={36} stroke={1.5} aria-hidden />
        <FileButton multiple onChange={(files) => void check(files)}>
          {(props) => (
            <Button {...props} disabled={keyFrom === 'file' && ownKey === undefined}>
              {audit.choose}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed" maw={480}>
          {audit.chooseHint}
        </Text>
      </section>
      {state.fault !== undefined && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} title={state.fault} />
      )}
    </Stack>
  )
}
