import { useTexts } from '../../texts/texts.ts'

/** In place of a value: as many for every one, so that they do not tell its length. */
export function Dots() {
  const { secret } = useTexts()
  return (
    <>
      <span aria-hidden>••••••••••</span>
      <span className="unseen">{secret.hidden}</span>
    </>
  )
}
