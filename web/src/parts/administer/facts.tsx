import type { ReactNode } from 'react'
import classes from './administer.module.css'

type Fact = { readonly name: string; readonly value: ReactNode }

/** What is known of something, each with what it is called. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
