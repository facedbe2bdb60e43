const units: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
}

/** Seconds of a duration such as `90`, `1h30m` or `1.5h`; undefined when it is none. */
export function seconds(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d))+$/.test(text)) return undefined
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g)
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0)
}

export const isDuration = (text: string): boolean => seconds(text) !== undefined

/** Writes seconds as `767h59m10s`; parts that are zero are left out. */
export function durationText(total: number): string {
  if (total < 0 || !Number.isFinite(total)) return `${total}s`
  const rest = Math.floor(total)
  const parts = [
    [Math.floor(rest / 3600), 'h'],
    [Math.floor(rest / 60) % 60, 'm'],
    [rest % 60, 's'],
  ] as const
  return parts.map(([amount, unit]) => (amount === 0 ? '' : `${amount}${unit}`)).join('') || '0s'
}
