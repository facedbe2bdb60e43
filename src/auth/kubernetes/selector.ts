/** A label selector of Kubernetes: all of its conditions must hold. */
export type Selector = readonly Condition[]

type Condition = {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values: readonly string[]
}

const maxConditions = 100

/**
 * Reads a label selector, JSON or YAML.
 *
 * @returns undefined where it is none, or has no condition: an empty one would select everything
 */
export async function parseSelector(text: string): Promise<Selector | undefined> {
  const value = await read(text)
  if (!isRecord(value)) return undefined
  const { matchLabels = {}, matchExpressions = [], ...rest } = value
  if (Object.keys(rest).length > 0 || !isRecord(matchLabels) || !Array.isArray(matchExpressions))
    return undefined
  const conditions: (Condition | undefined)[] = [
    ...Object.entries(matchLabels).map(([key, one]) => conditionOf({ key, operator: 'In', values: [one] })),
    ...matchExpressions.map((one) => (isRecord(one) ? conditionOf(one) : undefined)),
  ]
  const whole = conditions.filter((one) => one !== undefined)
  if (whole.length !== conditions.length || whole.length === 0 || whole.length > maxConditions)
    return undefined
  return whole
}

/** Whether labels fit a selector. */
export function selects(selector: Selector, labels: Readonly<Record<string, unknown>>): boolean {
  return selector.every((condition) => holds(condition, labels))
}

function holds({ key, operator, values }: Condition, labels: Readonly<Record<string, unknown>>): boolean {
  const label = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return typeof label === 'string' && values.includes(label)
    case 'NotIn':
      return typeof label !== 'string' || !values.includes(label)
    case 'Exists':
      return label !== undefined
    case 'DoesNotExist':
      return label === undefined
  }
}

function conditionOf({
  key,
  operator,
  values = [],
  ...rest
}: Record<string, unknown>): Condition | undefined {
  if (typeof key !== 'string' || key === '' || Object.keys(rest).length > 0) return undefined
  if (!Array.isArray(values) || !values.every((one) => typeof one === 'string')) return undefined
  if (operator === 'In' || operator === 'NotIn')
    return values.length > 0 ? { key, operator, values } : undefined
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    return values.length === 0 ? { key, operator, values } : undefined
  }
  return undefined
}

async function read(text: string): Promise<unknown> {
  // Loaded with the first selector, so that the start does not wait for it.
  const { parse } = await import('yaml')
  try {
    return parse(text, { maxAliasCount: 0, schema: 'core' })
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
