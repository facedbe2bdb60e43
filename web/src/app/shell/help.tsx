import { Kbd, Table } from '@mantine/core'
import type { Session } from '../../api/session.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { useTexts } from '../../texts/texts.ts'
import classes from './shell.module.css'
import { useNavPlaces } from './use-places.ts'

type Props = { readonly opened: boolean; readonly close: () => void; readonly session: Session }

/** Which keys do what. */
export function Help({ opened, close, session }: Props) {
  const texts = useTexts()
  const { help } = texts
  const places = useNavPlaces(session).flatMap((group) => group.places)
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['?'], help.help],
    [['/'], help.search],
    [['f'], help.filter],
    [['n'], help.new],
    [['↑', '↓'], help.move],
    [['Enter'], help.open],
    [['Space'], texts.many.keys],
    [['Esc'], help.close],
    ...places.flatMap(({ place }) =>
      place.key === undefined ? [] : [[['g', place.key], help.go(place.label(texts))] as const],
    ),
  ]
  return (
    <Dialog opened={opened} close={close} title={help.title}>
      <Table>
        <Table.Tbody>
          {rows.map(([keys, what]) => (
            <Table.Tr key={what}>
              <Table.Th scope="row" fw={400}>
                {what}
              </Table.Th>
              <Table.Td ta="end" className={classes.keys ?? ''}>
                {keys.map((key, index) => (
                  <span key={key}>
                    {index > 0 && keys[0] === 'g' && ` ${help.next} `}
                    {index > 0 && keys[0] !== 'g' && ' '}
                    <Kbd>{key}</Kbd>
                  </span>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Dialog>
  )
}
