import { IconChevronRight, IconFolder, IconKey } from '@tabler/icons-react'
import type { CSSProperties, MouseEvent } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { LinkTo } from '../link-to.tsx'
import classes from './name-list.module.css'
import type { Spot } from './use-spot.ts'

type Props = {
  readonly name: string
  readonly spot: Spot
  readonly isChosen: boolean
  readonly style: CSSProperties
  /** @param isRange from the one that was chosen before */
  readonly choose: (isRange: boolean) => void
}

/** One name: a link to what it is, and a box to choose it together with others. */
export function NameRow({ name, spot, isChosen, style, choose }: Props) {
  const { explorer, many } = useTexts()
  const isFolder = name.endsWith('/')
  const label = isFolder ? name.slice(0, -1) : name
  const cut = name.lastIndexOf('/') + 1
  const Icon = isFolder ? IconFolder : IconKey
  const clicked = (event: MouseEvent) => {
    if (!(event.shiftKey || event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    choose(event.shiftKey)
  }
  return (
    <li className={classes.item} style={style} data-chosen={isChosen || undefined}>
      <label className={classes.box}>
        <input
          type="checkbox"
          aria-label={many.choose(label)}
          checked={isChosen}
          // What shift chooses ends here; the click says whether it was held.
          onChange={({ nativeEvent }) => choose(nativeEvent instanceof PointerEvent && nativeEvent.shiftKey)}
        />
      </label>
      <LinkTo
        to="."
        // What was found below the folder has its own folder in its name.
        search={
          isFolder
            ? spot.linkTo(spot.folder + name)
            : spot.linkTo(spot.folder + name.slice(0, cut), name.slice(cut))
        }
        className={classes.row}
        data-name={name}
        aria-label={isFolder ? explorer.folder(label) : explorer.secret(label)}
        aria-current={name === spot.secret ? 'true' : undefined}
        title={label}
        onClick={clicked}
      >
        <Icon size={18} aria-hidden />
        <bdi className={classes.name}>{label}</bdi>
        {isFolder && <IconChevronRight size={16} className="flips" aria-hidden />}
      </LinkTo>
    </li>
  )
}
