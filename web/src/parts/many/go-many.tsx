import { NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { copyMany, moveWhole, type Said, secretsOf } from '../../api/many.ts'
import { useTexts } from '../../texts/texts.ts'
import { FormEnd } from '../form-end.tsx'
import { isGoodName } from '../secret/fields.ts'
import { useTargets } from '../secret/move/use-targets.ts'
import { useToast } from '../toasts/context.ts'
import type { Chosen } from './chosen.ts'
import { useWork } from './use-work.ts'
import { WorkDialog } from './work-dialog.tsx'

/** Secrets that are copied by one request. */
const partSize = 50

type Props = {
  readonly way: 'move' | 'copy'
  readonly chosen: Chosen
  readonly writable: boolean
  readonly close: () => void
  readonly done: () => void
}

/** Asks where many secrets are to go, and moves or copies them there. */
export function GoMany({ way, chosen: { root, folder, names }, writable, close, done }: Props) {
  const texts = useTexts()
  const { many, move: words, secret } = texts
  const say = useToast()
  const tools = useWork()
  const targets = useTargets(root, writable)
  const [place, setPlace] = useState(
    targets.some((one) => one.root === root) ? root : (targets[0]?.root ?? root),
  )
  const [to, setTo] = useState(folder.replace(/\/$/, ''))
  const [tried, setTried] = useState(false)
  const at = root + folder
  const target = place + (to === '' ? '' : `${to}/`)
  const fault =
    to !== '' && !isGoodName(to)
      ? secret.nameBad
      : target === at
        ? words.same
        : names.some((name) => name.endsWith('/') && target.startsWith(at + name))
          ? many.intoItself
          : undefined
  const toOf = (path: string) => target + path.slice(at.length)
  const count = (done: number) => (way === 'move' ? many.moved(done) : many.copied(done))

  const step = (part: readonly string[]): Promise<Said> =>
    way === 'copy'
      ? copyMany(part, toOf)
      : Promise.all(
          part.map((path) =>
            moveWhole(path, toOf(path)).then(
              () => undefined,
              (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
            ),
          ),
        )
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (fault !== undefined) return
    const find = async () => (way === 'copy' ? secretsOf(at, names) : names.map((name) => at + name))
    const outcome = await tools.run(find, way === 'copy' ? partSize : 4, step)
    if (outcome === undefined) return
    done()
    if (outcome.bad.length > 0 || outcome.left.length > 0) return
    say({ text: count(outcome.good.length) })
    close()
  }
  return (
    <WorkDialog
      title={way === 'move' ? many.moveTitle(names.length) : many.copyTitle(names.length)}
      tools={tools}
      close={close}
      folder={at}
      said={({ good }) => count(good.length)}
    >
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          <Text>{way === 'move' ? many.moveText : many.copyText}</Text>
          {targets.length > 1 && (
            <NativeSelect
              label={words.place}
              value={place}
              onChange={({ currentTarget: { value } }) => setPlace(value)}
              data={targets.map((one) => ({ value: one.root, label: one.label }))}
            />
          )}
          <TextInput
            label={many.folder}
            description={many.folderHint}
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            value={to}
            onChange={({ currentTarget: { value } }) => setTo(value)}
            error={tried ? fault : undefined}
          />
          <FormEnd cancel={close} action={way === 'move' ? words.moveAction : words.copyAction} />
        </Stack>
      </form>
    </WorkDialog>
  )
}
