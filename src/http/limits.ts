/** What a listener grants to its clients. Times in milliseconds, sizes in bytes. */
export type Limits = {
  /** The largest body of a request; 413 beyond. */
  readonly bodyBytes: number
  /** The bodies of all requests that are being received, together; 503 beyond. */
  readonly allBodyBytes: number
  /** Request line and headers together; 431 beyond. */
  readonly headerBytes: number
  /** Open connections of a listener; further ones are closed at once. */
  readonly connections: number
  /** Until the headers of a request are here; 408 beyond. */
  readonly headersTime: number
  /** Until a whole request is here; 408 beyond. */
  readonly requestTime: number
  /** From the last byte of a request until its answer is known; 500 beyond. */
  readonly handlingTime: number
  /** Between an answer and the next request. */
  readonly idleTime: number
  /** Without a byte in either direction while a request is served or its answer is sent. */
  readonly stallTime: number
  /** From the end of an answer until the client has taken all of it. */
  readonly answerTime: number
}

export const defaultLimits: Limits = {
  bodyBytes: 4 * 1024 * 1024,
  allBodyBytes: 256 * 1024 * 1024,
  headerBytes: 32 * 1024,
  connections: 10_000,
  headersTime: 10_000,
  requestTime: 60_000,
  handlingTime: 90_000,
  idleTime: 300_000,
  stallTime: 120_000,
  answerTime: 300_000,
}
