import { Progress, Text } from '@mantine/core'
import { useTexts } from '../../texts/texts.ts'

/** How hard something is to guess. */
export function Strength({ bits }: { readonly bits: number }) {
  const { generator } = useTexts()
  const [label, color] =
    bits < 50
      ? [generator.weak, 'red.9']
      : bits < 75
        ? [generator.fair, 'yellow.9']
        : bits < 110
          ? [generator.strong, 'teal.9']
          : [generator.veryStrong, 'teal.9']
  return (
    <div>
      <Progress value={Math.min(100, (bits / 128) * 100)} color={color} aria-hidden />
      <Text size="sm" mt={4}>
        {label}, {generator.strength(bits)}
      </Text>
    </div>
  )
}
