import { Text } from '@mantine/core'
import type { Token } from '../../api/administer/token.ts'
import classes from '../../parts/administer/administer.module.css'

const mostShown = 100

type Props = {
  readonly label: string
  readonly tokens: readonly Token[]
  readonly further: (count: number) => string
}

/** The tokens that are about to end. */
export function Ends({ label, tokens, further }: Props) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {label}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <ul className={classes.ends} aria-label={label} tabIndex={0}>
        {tokens.slice(0, mostShown).map(({ accessor, displayName, path }) => (
          <li key={accessor}>
            <bdi>{displayName}</bdi>{' '}
            <Text span size="xs" c="dimmed">
              {path}
            </Text>
          </li>
        ))}
      </ul>
      {tokens.length > mostShown && <Text size="sm">{further(tokens.length - mostShown)}</Text>}
    </div>
  )
}
