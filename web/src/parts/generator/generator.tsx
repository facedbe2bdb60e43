import { Button, Checkbox, Group, SegmentedControl, Stack } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTexts } from '../../texts/texts.ts'
import { Dialog } from '../dialog.tsx'
import { AmountSlider } from './amount-slider.tsx'
import { bitsOf, generate, type Recipe } from './generate.ts'
import classes from './generator.module.css'
import { Strength } from './strength.tsx'

type Props = {
  readonly opened: boolean
  readonly close: () => void
  readonly use: (value: string) => void
  /** What is made at first. */
  readonly first?: Recipe['kind']
}

/** Makes a value that nobody guesses. */
export function Generator({ opened, close, use, first = 'characters' }: Props) {
  const { generator } = useTexts()
  return (
    <Dialog opened={opened} close={close} title={generator.title}>
      <Recipes
        first={first}
        use={(value) => {
          use(value)
          close()
        }}
      />
    </Dialog>
  )
}

function Recipes({ use, first }: Required<Pick<Props, 'use' | 'first'>>) {
  const { generator } = useTexts()
  const [kind, setKind] = useState<Recipe['kind']>(first)
  const [length, setLength] = useState(24)
  const [count, setCount] = useState(6)
  const [with_, setWith] = useState({ capitals: true, digits: true, symbols: true })
  const [turn, setTurn] = useState(0)
  const recipe: Recipe = kind === 'words' ? { kind, count } : { kind, length, ...with_ }
  const [value, setValue] = useState('')
  const key = JSON.stringify([recipe, turn])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another recipe or turn makes another value
  useEffect(() => {
    let current = true
    void generate(recipe).then((made) => current && setValue(made))
    return () => {
      current = false
    }
  }, [key])
  const bits = bitsOf(recipe)
  return (
    <Stack>
      <output dir="ltr" className={classes.value} aria-label={generator.result}>
        {value}
      </output>
      <Strength bits={bits} />
      <SegmentedControl
        aria-label={generator.kind}
        value={kind}
        onChange={(chosen) => setKind(chosen === 'words' ? 'words' : 'characters')}
        data={[
          { value: 'characters', label: generator.characters },
          { value: 'words', label: generator.words },
        ]}
      />
      {kind === 'words' ? (
        <AmountSlider label={generator.count} value={count} change={setCount} min={4} max={12} />
      ) : (
        <>
          <AmountSlider label={generator.length} value={length} change={setLength} min={8} max={64} />
          <Group>
            {(['capitals', 'digits', 'symbols'] as const).map((name) => (
              <Checkbox
                key={name}
                label={generator[name]}
                checked={with_[name]}
                onChange={({ currentTarget }) => setWith({ ...with_, [name]: currentTarget.checked })}
              />
            ))}
          </Group>
        </>
      )}
      <Group justify="flex-end">
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={() => setTurn(turn + 1)}
        >
          {generator.another}
        </Button>
        <Button onClick={() => use(value)}>{generator.use}</Button>
      </Group>
    </Stack>
  )
}
