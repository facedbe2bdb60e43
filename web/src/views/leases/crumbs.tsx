import { Breadcrumbs } from '@mantine/core'
import classes from '../../parts/explorer/crumbs.module.css'
import { LinkTo } from '../../parts/link-to.tsx'
import { useTexts } from '../../texts/texts.ts'

/** The way from all leases to those below a prefix. */
export function Crumbs({ prefix }: { readonly prefix: string }) {
  const { crumbs, leases } = useTexts()
  const parts = prefix.split('/').slice(0, -1)
  const steps = [
    { label: leases.all, at: '' },
    ...parts.map((label, index) => ({ label, at: `${parts.slice(0, index + 1).join('/')}/` })),
  ]
  return (
    <nav aria-label={crumbs} className={classes.crumbs}>
      <Breadcrumbs separatorMargin={6}>
        {steps.map(({ label, at }) =>
          at === prefix ? (
            <bdi key={at} aria-current="page">
              {label}
            </bdi>
          ) : (
            <LinkTo key={at} to="." {...(at !== '' && { search: { prefix: at } })} className={classes.link}>
              <bdi>{label}</bdi>
            </LinkTo>
          ),
        )}
      </Breadcrumbs>
    </nav>
  )
}
