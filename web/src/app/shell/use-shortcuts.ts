import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { Session } from '../../api/session.ts'
import { useNavPlaces } from './use-places.ts'

/** Milliseconds between the keys of one sequence. */
const together = 1500

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/**
 * `?` for help, `/` or Ctrl+K for the search, `f` for the filter of a list, `n` for something new, `g` and a letter for a
 * place.
 */
export function useShortcuts(session: Session, help: () => void): void {
  const navigate = useNavigate()
  const places = useNavPlaces(session)
  const led = useRef(0)
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { key, target } = event
      if ((event.ctrlKey || event.metaKey) && key === 'k' && !event.altKey && !event.shiftKey) {
        if (!isDialog() && pressOrFocus('/')) event.preventDefault()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(target)) return
      if (isDialog() && key !== '?') return
      const isSecond = event.timeStamp - led.current < together
      led.current = key === 'g' ? event.timeStamp : 0
      const to = isSecond
        ? places.flatMap((group) => group.places).find(({ place }) => place.key === key)
        : undefined
      if (to !== undefined) void navigate({ to: to.path as string })
      else if (key === '?') help()
      else if (!pressOrFocus(key)) return
      event.preventDefault()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [navigate, places, help])
}

const isDialog = () => document.querySelector('[role="dialog"]') !== null

/** What a view offers under a key names it in `data-key`. */
function pressOrFocus(key: string): boolean {
  const found = /^[\w/]$/.test(key) ? document.querySelector(`[data-key="${key}"]`) : null
  if (!(found instanceof HTMLElement)) return false
  if (found instanceof HTMLInputElement) found.focus()
  else found.click()
  return true
}
