import { Breadcrumbs, Text, Title } from '@mantine/core'
import { useTexts } from '../../texts/texts.ts'
import { LinkTo } from '../link-to.tsx'
import classes from './crumbs.module.css'
import type { Spot } from './use-spot.ts'

type Props = {
  readonly title: string
  readonly spot: Spot
  readonly above: { readonly label: string; readonly to: string } | undefined
}

/** The way to the folder that is shown; its last part is the heading of the view. */
export function Crumbs({ title, spot, above }: Props) {
  const { crumbs } = useTexts()
  const parts = spot.folder.split('/').filter((part) => part !== '')
  const steps = [
    { label: title, folder: '' },
    ...parts.map((label, index) => ({ label, folder: `${parts.slice(0, index + 1).join('/')}/` })),
  ]
  return (
    <nav aria-label={crumbs} className={classes.crumbs}>
      <Breadcrumbs separatorMargin={6}>
        {above !== undefined && (
          <LinkTo to={above.to} className={classes.link}>
            {above.label}
          </LinkTo>
        )}
        {steps.map(({ label, folder }, index) =>
          index === steps.length - 1 ? (
            <Title key={folder} order={1} size="h3" className={classes.here} aria-current="page">
              <bdi>{label}</bdi>
            </Title>
          ) : (
            <LinkTo key={folder} to="." search={spot.linkTo(folder)} className={classes.link}>
              <Text component="span" truncate>
                <bdi>{label}</bdi>
              </Text>
            </LinkTo>
          ),
        )}
      </Breadcrumbs>
    </nav>
  )
}
