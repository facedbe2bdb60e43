import { NativeSelect } from '@mantine/core'
import { useContext } from 'react'
import { languages, SpokenContext } from '../../texts/texts.ts'

/** Which language the page speaks; each is named in itself. */
export function LanguageChoice() {
  const { texts, speak } = useContext(SpokenContext)
  return (
    <NativeSelect
      size="sm"
      label={texts.settings.language}
      value={texts.code}
      onChange={({ currentTarget }) => speak(currentTarget.value)}
      data={languages.map(({ code, name }) => ({ value: code, label: name }))}
    />
  )
}
