import { shape } from '../../backend/answers/shape.ts'

const tally = {
  requests: shape.integer(),
  reads: shape.integer(),
  writes: shape.integer(),
  failed: shape.integer(),
}
const sum = {
  ...tally,
  people: shape.integer(),
  people_is_lower_bound: shape.boolean('There were too many people to tell all apart.'),
}
/** Null for a mount that is gone. */
const mount = {
  uuid: shape.string(),
  path: shape.orNull(shape.string()),
  type: shape.orNull(shape.string()),
  accessor: shape.orNull(shape.string()),
}
const sums = {
  ...sum,
  mounts: shape.list(shape.object({ ...mount, ...sum })),
  methods: shape.list(shape.object({ ...mount, ...sum })),
}
const span = { start: shape.string('A day: 2026-01-31.'), end: shape.string() }
const times = { last_read: shape.orNull(shape.time()), last_write: shape.orNull(shape.time()) }

/** What `sys/usage/days`, `months`, `people` and `mine` show. */
export const daysShape = shape.object({
  ...span,
  days: shape.list(shape.object({ day: shape.string(), ...sums })),
})
export const monthsShape = shape.object({
  months: shape.list(shape.object({ month: shape.string('2026-01.'), ...sums })),
})
export const peopleShape = shape.object({
  ...span,
  people: shape.list(
    shape.object({ entity_id: shape.string(), name: shape.orNull(shape.string()), ...tally, ...times }),
  ),
  people_is_lower_bound: shape.boolean(),
  next: shape.orNull(shape.string('What to go on behind.')),
})
export const mineShape = shape.object({
  ...span,
  entity_id: shape.string(),
  ...tally,
  ...times,
  days: shape.list(
    shape.object({
      day: shape.string(),
      ...tally,
      mounts: shape.list(shape.object({ ...mount, ...tally })),
      methods: shape.list(shape.object({ ...mount, ...tally })),
    }),
  ),
})
