import type { Session } from '../../api/session.ts'
import { LinkTo } from '../../parts/link-to.tsx'
import { useTexts } from '../../texts/texts.ts'
import { useView } from '../use-view.ts'
import classes from './shell.module.css'
import { useNavPlaces } from './use-places.ts'

/** Whether a view is that of a place, or lies below it. */
const isAt = (view: string | undefined, place: string): boolean =>
  view === place || view?.startsWith(`${place}/`) === true

export function Nav({ session }: { readonly session: Session }) {
  const texts = useTexts()
  const current = useView()
  return useNavPlaces(session).map(({ group, places }) => (
    <div key={group} className={classes.group}>
      <h2>{texts.groups[group]}</h2>
      <ul>
        {places.map(({ path, place: { label, icon: Icon } }) => (
          <li key={path}>
            <LinkTo
              to={path}
              className={classes.place}
              aria-current={isAt(current?.path, path) ? 'page' : undefined}
            >
              <Icon size={20} aria-hidden />
              {label(texts)}
            </LinkTo>
          </li>
        ))}
      </ul>
    </div>
  ))
}
