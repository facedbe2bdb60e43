/** What a request wants to do, before it is known whether its target exists. */
export type Verb = 'read' | 'write' | 'patch' | 'delete' | 'list' | 'scan'

/** What a request does, as policies and the audit log name it. */
export type Operation = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list' | 'scan'
