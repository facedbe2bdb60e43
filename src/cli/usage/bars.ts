const parts = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/**
 * One bar for each number, as long in proportion as it is large; the largest has `width` characters, and what
 * is above zero shows at least a sliver.
 */
export function bars(numbers: readonly number[], width: number): string[] {
  const most = Math.max(0, ...numbers)
  return numbers.map((number) => {
    if (most === 0 || number <= 0) return ''
    const eighths = Math.max(1, Math.round((number / most) * width * 8))
    return '█'.repeat(Math.floor(eighths / 8)) + (parts[eighths % 8] ?? '')
  })
}
