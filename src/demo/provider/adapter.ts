type Payload = Record<string, unknown> & {
  uid?: string
  userCode?: string
  grantId?: string
  consumed?: number
}
type Row = { readonly payload: Payload; readonly expires: number }

const maxRows = 10_000

/**
 * Where oidc-provider keeps sessions, grants and codes: in memory, the newest {@link maxRows}. The keys of
 * the provider are what has to outlive a restart; a session is made again by logging in.
 *
 * @returns the class that its configuration asks for, bound to a store of its own
 */
export function memoryAdapter() {
  const rows = new Map<string, Row>()

  const alive = (key: string): Payload | undefined => {
    const row = rows.get(key)
    if (row === undefined || row.expires > Date.now()) return row?.payload
    rows.delete(key)
    return undefined
  }

  const search = (model: string, fits: (payload: Payload) => boolean): Payload | undefined => {
    for (const key of rows.keys()) {
      const payload = key.startsWith(`${model}:`) ? alive(key) : undefined
      if (payload !== undefined && fits(payload)) return payload
    }
    return undefined
  }

  return class {
    readonly model: string
    constructor(model: string) {
      this.model = model
    }
    async upsert(id: string, payload: Payload, expiresIn: number | undefined): Promise<void> {
      const key = `${this.model}:${id}`
      rows.delete(key)
      rows.set(key, { payload, expires: expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000 })
      const oldest = rows.keys().next().value
      if (rows.size > maxRows && oldest !== undefined) rows.delete(oldest)
    }
    async find(id: string): Promise<Payload | undefined> {
      return alive(`${this.model}:${id}`)
    }
    async findByUid(uid: string): Promise<Payload | undefined> {
      return search(this.model, (payload) => payload.uid === uid)
    }
    async findByUserCode(userCode: string): Promise<Payload | undefined> {
      return search(this.model, (payload) => payload.userCode === userCode)
    }
    async consume(id: string): Promise<void> {
      const payload = alive(`${this.model}:${id}`)
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
    }
    async destroy(id: string): Promise<void> {
      rows.delete(`${this.model}:${id}`)
    }
    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, { payload }] of rows) if (payload.grantId === grantId) rows.delete(key)
    }
  }
}
