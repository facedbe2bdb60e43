import { Slider, Text } from '@mantine/core'

type Props = {
  readonly label: string
  readonly value: number
  readonly change: (value: number) => void
  readonly min: number
  readonly max: number
}

export function AmountSlider({ label, value, change, min, max }: Props) {
  return (
    <div>
      <Text size="sm">
        {label}: {value}
      </Text>
      <Slider thumbLabel={label} label={null} value={value} onChange={change} min={min} max={max} />
    </div>
  )
}
