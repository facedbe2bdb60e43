import { useLocation } from '@tanstack/react-router'
import { LinkTo } from '../link-to.tsx'
import classes from './tabs.module.css'

type Props = {
  readonly label: string
  readonly tabs: readonly { readonly to: string; readonly label: string }[]
}

/** Ways to look at one matter, each with an address of its own. */
export function Tabs({ label, tabs }: Props) {
  const here = useLocation({ select: ({ pathname }) => pathname })
  return (
    <nav className={classes.tabs} aria-label={label}>
      {tabs.map(({ to, label: name }) => (
        <LinkTo key={to} to={to} className={classes.tab} aria-current={here === to ? 'page' : undefined}>
          {name}
        </LinkTo>
      ))}
    </nav>
  )
}
