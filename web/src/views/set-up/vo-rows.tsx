import { ActionIcon, Button, Fieldset, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { isBlockName, type VoAnswer } from '../../parts/set-up/block.ts'
import { useTexts } from '../../texts/texts.ts'
import classes from './guide.module.css'

type Props = { readonly vos: readonly VoAnswer[]; readonly change: (vos: readonly VoAnswer[]) => void }

/** The groups that share a folder, and who of them may write. */
export function VoRows({ vos, change }: Props) {
  const { guide } = useTexts()
  const replace = (index: number, vo: VoAnswer) => change(vos.map((one, at) => (at === index ? vo : one)))
  return (
    <Fieldset legend={guide.vos} radius="md">
      <Stack gap="sm">
        <Text size="sm">{guide.vosAsk}</Text>
        {vos.map((vo, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name while they are typed
          <div key={index} className={classes.vo}>
            <TextInput
              label={guide.vo}
              value={vo.name}
              dir="ltr"
              onChange={({ currentTarget }) => replace(index, { ...vo, name: currentTarget.value.trim() })}
              error={vo.name !== '' && !isBlockName(vo.name) && guide.badName}
            />
            <TextInput
              label={guide.role}
              value={vo.role}
              dir="ltr"
              onChange={({ currentTarget }) => replace(index, { ...vo, role: currentTarget.value.trim() })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={guide.removeVo(vo.name)}
              onClick={() => change(vos.filter((_, at) => at !== index))}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </div>
        ))}
        <div>
          <Button
            variant="subtle"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => change([...vos, { name: '', role: 'manager' }])}
          >
            {guide.addVo}
          </Button>
        </div>
      </Stack>
    </Fieldset>
  )
}
