import { useLocation, useRouter } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, MouseEvent, Ref } from 'react'

type Props = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & {
  /** A path of the page below `/ui`, or `.` for where this is. */
  readonly to: string
  readonly search?: Readonly<Record<string, string>>
  readonly ref?: Ref<HTMLAnchorElement>
}

/** A link to another place of the page. The router does not know the views, which come from folders. */
export function LinkTo({ to, search = {}, onClick, ...others }: Props) {
  const router = useRouter()
  const here = useLocation({ select: ({ pathname }) => pathname })
  // Places are not known to the types of the router.
  const place = { to: to === '.' ? here : to, search } as never
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    if (!isPlain || event.defaultPrevented) return
    event.preventDefault()
    void router.navigate(place)
  }
  return <a {...others} href={router.buildLocation(place).publicHref} onClick={follow} />
}
