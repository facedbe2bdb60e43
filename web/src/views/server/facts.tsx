import { Fragment, type ReactNode } from 'react'
import classes from './server.module.css'

/** Names with what they are; one without a value is left out. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode | undefined])[] }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  )
}
