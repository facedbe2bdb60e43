import { Title } from '@mantine/core'
import type { Custom } from '../../../api/custom.ts'
import { useTexts } from '../../../texts/texts.ts'
import classes from './custom.module.css'

/** What is noted about a secret beside it. It is not secret, so it shows. */
export function CustomShown({ custom }: { readonly custom: Custom }) {
  const texts = useTexts()
  const entries = Object.entries(custom)
  if (entries.length === 0) return null
  return (
    <section aria-label={texts.custom.title}>
      <Title order={3} size="h6">
        {texts.custom.title}
      </Title>
      <dl className={classes.list}>
        {entries.map(([name, value]) => (
          <div key={name} className={classes.line}>
            <dt>
              <bdi>{name}</bdi>
            </dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
