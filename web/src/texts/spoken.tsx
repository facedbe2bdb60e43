import { DirectionContext } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { en } from './en/index.ts'
import { languages, SpokenContext, type Texts } from './texts.ts'

const preferred = (): string =>
  navigator.languages
    .map((tag) => tag.slice(0, 2))
    .find((code) => languages.some((language) => language.code === code)) ?? 'en'

/** Gives the page its language: the chosen one, or else the browser's where it is there. */
export function SpokenProvider({ children }: { children: ReactNode }) {
  const [code, speak] = useLocalStorage({
    key: 'coffer-language',
    defaultValue: preferred(),
    getInitialValueInEffect: false,
  })
  const [texts, setTexts] = useState<Texts | undefined>(code === 'en' ? en : undefined)
  useEffect(() => {
    let current = true
    const language = languages.find((one) => one.code === code) ?? languages[0]
    language?.load().then(
      (loaded) => current && setTexts(loaded),
      () => current && setTexts(en),
    )
    return () => {
      current = false
    }
  }, [code])
  useEffect(() => {
    if (texts === undefined) return
    document.documentElement.lang = texts.code
    document.documentElement.dir = texts.dir
  }, [texts])
  const spoken = useMemo(() => texts && { texts, speak }, [texts, speak])
  const direction = useMemo(
    () => ({ dir: texts?.dir ?? 'ltr', setDirection: () => {}, toggleDirection: () => {} }),
    [texts],
  )
  if (spoken === undefined) return null
  return (
    <DirectionContext value={direction}>
      <SpokenContext value={spoken}>{children}</SpokenContext>
    </DirectionContext>
  )
}
