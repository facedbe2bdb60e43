import type { Method } from '../../api/description/operations.ts'
import classes from './api.module.css'

/** How an operation is called, in a colour of its own. */
export const MethodBadge = ({ method }: { readonly method: Method }) => (
  <span className={classes.method} data-method={method}>
    {method}
  </span>
)
