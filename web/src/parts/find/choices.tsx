import { IconArrowDown, IconBuildingWarehouse, IconHome, IconKey, IconUsersGroup } from '@tabler/icons-react'
import type { RefObject } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { usePlaceName } from '../whereabouts/use-whereabouts.ts'
import classes from './find-dialog.module.css'
import { type Choice, runsOf } from './lines.ts'
import { Marked } from './marked.tsx'

type Props = {
  readonly id: string
  readonly list: RefObject<HTMLDivElement | null>
  readonly choices: readonly Choice[]
  readonly chosen: number
  readonly wanted: string
  readonly point: (index: number) => void
  readonly take: (choice: Choice) => void
}

const icons = { own: IconHome, vo: IconUsersGroup, mount: IconBuildingWarehouse }

/** What was found, as the list that a field chooses from. */
export function Choices({ id, list, choices, chosen, wanted, point, take }: Props) {
  const { find } = useTexts()
  const nameOf = usePlaceName()
  return (
    <div ref={list} id={`${id}-list`} role="listbox" aria-label={find.results} className={classes.list}>
      {runsOf(choices).map(({ kind, place, choices: some }) => {
        const title = place !== undefined ? nameOf(place) : kind === 'place' ? find.places : undefined
        const titleId = `${id}-of-${some[0]?.index ?? 0}`
        return (
          // biome-ignore lint/a11y/useSemanticElements: a list of options has no fieldset
          <div key={titleId} role="group" aria-labelledby={title === undefined ? undefined : titleId}>
            {title !== undefined && (
              <div id={titleId} role="presentation" className={classes.title}>
                <bdi>{title}</bdi>
              </div>
            )}
            {some.map(({ choice, index }) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus, and names the chosen one
              <div
                key={index}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === chosen}
                className={classes.choice}
                onMouseMove={() => index !== chosen && point(index)}
                onClick={() => take(choice)}
              >
                <Line choice={choice} isFirst={index === 0} wanted={wanted} />
              </div>
            ))}
          </div>
        )
      })}
    </div>
  )
}

type LineProps = { readonly choice: Choice; readonly isFirst: boolean; readonly wanted: string }

function Line({ choice, isFirst, wanted }: LineProps) {
  const { find } = useTexts()
  const nameOf = usePlaceName()
  if (choice.kind === 'more') {
    return (
      <>
        <IconArrowDown size={18} aria-hidden />
        <span className={classes.words}>{isFirst ? find.goOn : find.more}</span>
      </>
    )
  }
  if (choice.kind === 'place') {
    const Icon = icons[choice.place.kind]
    return (
      <>
        <Icon size={18} aria-hidden />
        <span className={classes.words}>
          <Marked text={nameOf(choice.place)} wanted={wanted} />
        </span>
      </>
    )
  }
  const { folder, name, notes } = choice
  return (
    <>
      <IconKey size={18} aria-hidden />
      <span className={classes.words}>
        <span className={classes.name}>
          <Marked text={name} wanted={wanted} />
        </span>
        {folder !== '' && (
          <span className={classes.about}>
            <Marked text={folder.replaceAll('/', ' / ').replace(/ \/ $/, '')} wanted={wanted} />
          </span>
        )}
        {notes.map(([key, value]) => (
          <span key={key} className={classes.about}>
            <Marked text={key} wanted={wanted} />
            {': '}
            <Marked text={value} wanted={wanted} />
          </span>
        ))}
      </span>
    </>
  )
}
