import { Badge } from '@mantine/core'
import type { Group } from '../../api/administer/shapes.ts'
import { useTexts } from '../../texts/texts.ts'
import classes from './administer.module.css'

/** The virtual organisations whose folders a group opens. */
export function VoBadges({ group: { vos } }: { readonly group: Pick<Group, 'vos'> }) {
  const { teams } = useTexts()
  return vos.map(({ name, writes }) => (
    <Badge key={name + writes} variant="light" tt="none" className={classes.badge ?? ''}>
      {writes ? teams.voWrites(name) : teams.voReads(name)}
    </Badge>
  ))
}
