/** A call as the engine got it. */
export interface RecordedCall {
  readonly method: string
  /** Without the version, percent-decoded. */
  readonly path: string
  /** The API version in the path, `1.45`; undefined without one. */
  readonly version: string | undefined
  /** `POST /containers/:id/start`; undefined where the engine has no such endpoint. */
  readonly endpoint: string | undefined
  /** What the parameters of the endpoint stand for. */
  readonly params: Readonly<Record<string, string>>
  /** Of several values with one name the first. */
  readonly query: Readonly<Record<string, string>>
  /** Names in lower case, as node:http gives them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** A JSON body, as it was sent; undefined without one. It is there when the answer is. */
  body: unknown
  /** The status it was answered with; undefined as long as it was not. */
  status: number | undefined
}
