export type WireRequest = {
  readonly method: string
  /** Absolute; with its query. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Whether it may go out again where the server had closed the idle connection that it went out on. */
  readonly resend: boolean
  /** Milliseconds for the request and its answer. */
  readonly timeout: number
  /** Milliseconds for the connection, its TLS handshake included. */
  readonly connectTimeout: number
}

/** By name in lower case. */
export type WireHeaders = {
  readonly [name: string]: string | readonly string[] | undefined
  readonly location?: string | undefined
  readonly 'retry-after'?: string | undefined
}

export type WireAnswer = {
  readonly status: number
  readonly headers: WireHeaders
  readonly body: string
}

export type Transport = {
  /** One request over a kept-alive connection, without retries. @throws ClientError */
  send(request: WireRequest): Promise<WireAnswer>
  close(): void
}
