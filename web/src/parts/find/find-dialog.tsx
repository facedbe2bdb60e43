import { Loader, Modal, Text, TextInput } from '@mantine/core'
import { IconSearch, IconSearchOff } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { State } from '../states/state.tsx'
import { Trouble } from '../states/trouble.tsx'
import { usePlaceName } from '../whereabouts/use-whereabouts.ts'
import { Choices } from './choices.tsx'
import classes from './find-dialog.module.css'
import { type Choice, choicesOf } from './lines.ts'
import { useResults } from './use-results.ts'

/** Looks for secrets in all places while somebody types. */
export default function FindDialog({ close }: { readonly close: () => void }) {
  const texts = useTexts()
  const { find } = texts
  const router = useRouter()
  const id = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const nameOf = usePlaceName()
  const results = useResults(text, nameOf)
  const choices = choicesOf(results)
  const chosen = Math.min(at, Math.max(0, choices.length - 1))
  const list = useRef<HTMLDivElement>(null)
  const wanted = text.trim()

  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice comes into sight
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [chosen])

  const take = (choice: Choice | undefined) => {
    if (choice === undefined) return
    if (choice.kind === 'more') return results.more?.()
    close()
    // Places are not known to the types of the router.
    void router.navigate({ to: choice.to, search: choice.search } as never)
  }
  const move = (event: KeyboardEvent) => {
    const { key } = event
    const last = choices.length - 1
    const next =
      key === 'ArrowDown'
        ? chosen === last
          ? 0
          : chosen + 1
        : key === 'ArrowUp'
          ? chosen === 0
            ? last
            : chosen - 1
          : key === 'PageDown'
            ? Math.min(last, chosen + 8)
            : key === 'PageUp'
              ? Math.max(0, chosen - 8)
              : undefined
    if (key === 'Enter') take(choices[chosen])
    else if (next !== undefined) setAt(Math.max(0, next))
    else return
    event.preventDefault()
  }
  const isSettled = !results.isLooking && results.error === null
  return (
    <Modal.Root
      opened
      onClose={close}
      lockScroll={false}
      size="lg"
      yOffset="8vh"
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.content}>
          <Modal.Title className="unseen">{find.title}</Modal.Title>
          <div className={classes.head}>
            <TextInput
              className={classes.field ?? ''}
              size="md"
              variant="unstyled"
              data-autofocus
              role="combobox"
              aria-label={find.label}
              aria-expanded={choices.length > 0}
              aria-controls={`${id}-list`}
              aria-autocomplete="list"
              aria-activedescendant={choices.length > 0 ? `${id}-${chosen}` : undefined}
              placeholder={find.label}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={512}
              leftSection={
                results.isLooking ? <Loader size={18} aria-hidden /> : <IconSearch size={20} aria-hidden />
              }
              value={text}
              onChange={({ currentTarget }) => {
                setText(currentTarget.value)
                setAt(0)
              }}
              onKeyDown={move}
            />
            <Modal.CloseButton aria-label={texts.common.close} />
          </div>
          {results.error !== null ? (
            <Trouble error={results.error} again={results.again} />
          ) : choices.length === 0 && isSettled ? (
            <State icon={IconSearchOff} title={find.none(wanted)} text={find.noneText} />
          ) : null}
          <Choices
            id={id}
            list={list}
            choices={choices}
            chosen={chosen}
            wanted={wanted}
            point={setAt}
            take={take}
          />
          <div className={classes.foot}>
            <Text size="xs" c="dimmed" role="status">
              {results.isLooking
                ? find.looking
                : wanted === ''
                  ? ''
                  : find.count(results.count, results.more !== undefined)}
            </Text>
            <Text size="xs" c="dimmed" className={classes.keys ?? ''}>
              {find.keys}
            </Text>
          </div>
        </div>
      </Modal.Content>
    </Modal.Root>
  )
}
