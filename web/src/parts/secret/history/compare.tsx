import { NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Gone, type History, useVersion, type Version } from '../../../api/versions.ts'
import { useTexts } from '../../../texts/texts.ts'
import { Loading } from '../../states/loading.tsx'
import { TroubleLine } from '../../states/trouble-line.tsx'
import { useSteps } from '../use-steps.tsx'
import { DifferenceRow } from './difference-row.tsx'
import { differencesOf } from './differences.ts'
import classes from './history.module.css'

type Props = {
  readonly history: History
  readonly number: number
  /** With what it can be compared, the newest first; never empty. */
  readonly others: readonly Version[]
}

/** What a version and another one differ in, at first the one before it. */
export function Compare({ history, number, others }: Props) {
  const { history: words, secret } = useTexts()
  const [chosen, setChosen] = useState<number>()
  const fitting = others.find((one) => one.number === chosen)
  const other = (fitting ?? others.find((one) => one.number < number) ?? others.at(-1))?.number ?? number
  const [older, newer] = other < number ? [other, number] : [number, other]
  const before = useVersion(history, older)
  const after = useVersion(history, newer)
  const error = before.error ?? after.error
  return (
    <Stack gap="xs" className={classes.compare ?? ''}>
      <NativeSelect
        size="xs"
        w="fit-content"
        label={words.compareWith}
        value={String(other)}
        onChange={({ currentTarget }) => setChosen(Number(currentTarget.value))}
        data={others.map((one) => ({ value: String(one.number), label: secret.version(one.number) }))}
      />
      {error !== null ? (
        <TroubleLine error={error} {...(error instanceof Gone && { title: words.versionGone })} />
      ) : before.data === undefined || after.data === undefined ? (
        <Loading />
      ) : (
        <Differences before={before.data} after={after.data} older={older} newer={newer} />
      )}
    </Stack>
  )
}

type Pair = {
  readonly before: Parameters<typeof differencesOf>[0]
  readonly after: Parameters<typeof differencesOf>[1]
  readonly older: number
  readonly newer: number
}

function Differences({ before, after, older, newer }: Pair) {
  const { history: words, secret } = useTexts()
  const differences = differencesOf(before, after)
  const { first, more } = useSteps(differences)
  if (differences.length === 0) return <Text size="sm">{words.same}</Text>
  return (
    <>
      <ul className={classes.differences} aria-label={words.between(older, newer)}>
        {first.map((difference) => (
          // Another pair begins hidden.
          <DifferenceRow
            key={`${older} ${newer} ${difference.name}`}
            difference={difference}
            how={words[difference.kind]}
            before={secret.version(older)}
            after={secret.version(newer)}
          />
        ))}
      </ul>
      {more}
    </>
  )
}
