import { SegmentedControl, Text, useMantineColorScheme } from '@mantine/core'
import { useTexts } from '../../texts/texts.ts'

const schemes = ['light', 'dark', 'auto'] as const

/** Light, dark, or as the system is. */
export function ThemeChoice() {
  const { settings } = useTexts()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        {settings.theme}
      </Text>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={settings.theme}
        value={colorScheme}
        onChange={(value) => setColorScheme(schemes.find((scheme) => scheme === value) ?? 'auto')}
        data={schemes.map((scheme) => ({ value: scheme, label: settings[scheme] }))}
      />
    </div>
  )
}
