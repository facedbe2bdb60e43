/** What a request wants to do, before it is known whether its target exists. */
export type Verb = 'read' | 'write' | 'patch' | 'delete' | 'list' | 'scan'

/** What a request does, as policies and the audit log name it. */
export type Operation = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list' | 'scan'

/** Whether names are asked for: of a folder, or of all below it. */
export const isListing = (operation: Verb | Operation): operation is 'list' | 'scan' =>
  operation === 'list' || operation === 'scan'

/** Whether what is stored stays as it is. */
export const isReading = (operation: Verb | Operation): operation is 'read' | 'list' | 'scan' =>
  operation === 'read' || isListing(operation)
