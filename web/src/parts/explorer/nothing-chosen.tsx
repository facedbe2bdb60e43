import { IconShieldLock } from '@tabler/icons-react'
import { useTexts } from '../../texts/texts.ts'
import { State } from '../states/state.tsx'

export function NothingChosen() {
  const { explorer } = useTexts()
  return <State icon={IconShieldLock} title={explorer.choose} text={explorer.chooseText} />
}
