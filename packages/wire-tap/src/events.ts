import type { Endpoint } from '@intermediate/core'

/** What all events have. */
export interface Occurred {
  /** The call that it belongs to, numbered from 1 in this process. */
  readonly call: number
  readonly endpoint: Endpoint
  /** As the engine reads it, without version and query. */
  readonly path: string
  /** In ms since 1970, with a fraction. */
  readonly time: number
  /** How many events before this one, since the last that the sink took, are lost: it was too slow, or failed. */
  dropped?: number
}

/** A call comes by. */
export interface CallBegun extends Occurred {
  readonly type: 'call'
  readonly method: string
  /** Of the API, as the path has it. */
  readonly version: string | undefined
  readonly params: Readonly<Record<string, string>>
  /** A name that came several times has a list; undefined: it cannot be read. */
  readonly query: Readonly<Record<string, string | readonly string[]>> | undefined
  readonly headers: Readonly<Record<string, string>>
  /** The address of a TCP peer; undefined on a unix socket. */
  readonly client: string | undefined
  /** The common name of a TLS client's certificate, if it was verified. */
  readonly certificate: string | undefined
}

/** A body that is JSON, whole, and no larger than the limit. */
export interface BodySeen extends Occurred {
  readonly type: 'body'
  readonly of: 'call' | 'reply'
  json: unknown
}

/** The head of the reply comes by. */
export interface ReplyBegun extends Occurred {
  readonly type: 'reply'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The name of the layer that made the reply; undefined: an upstream did, or core. */
  readonly answeredBy: string | undefined
  /** The address of the upstream that replied; undefined: a layer did, or core. */
  readonly upstream: string | undefined
  readonly tunnel: boolean
}

/** One value of a reply that is a stream of JSON: an event, a line of progress, statistics. */
export interface ItemSeen extends Occurred {
  readonly type: 'item'
  json: unknown
}

/** Some bytes of attach, exec or logs, as they come: a frame of the wire that comes in parts is several. */
export interface FrameSeen extends Occurred {
  readonly type: 'frame'
  /** `raw` is the output of a terminal, which does not tell stdout from stderr. */
  readonly stream: 'stdin' | 'stdout' | 'stderr' | 'systemerr' | 'raw'
  data: Buffer
}

/** Nothing more comes of the call. */
export interface CallEnded extends Occurred {
  readonly type: 'end'
  readonly method: string
  /** The status of the reply; what became of one that a layer behind could not answer, where there is an `error`. */
  readonly status: number
  /** In ms, from the call to the end of the reply or tunnel. */
  readonly duration: number
  /** Bytes of content that went to the engine: the body, and what a tunnel's client has sent. */
  readonly received: number
  /** Bytes of content that came back. */
  readonly sent: number
  readonly tunnel: boolean
  /** The reply or tunnel was cut. */
  readonly aborted: boolean
  readonly answeredBy: string | undefined
  readonly upstream: string | undefined
  readonly error: string | undefined
  /**
   * The client ended its side before the end of the reply, which engines end then: a stream may have ended for that
   * reason. Undefined: it did not, or the reply is a tunnel, has a length, or is JSON and whole.
   */
  readonly clientLeft: true | undefined
  /** How many items the sink was not given because they were larger than `bodies`, or no JSON; undefined: none. */
  skipped: number | undefined
  /**
   * Whose body the sink was not given though it takes bodies: it was larger than `bodies`, no JSON, compressed, or cut.
   * Undefined: nobody's.
   */
  leftOut: readonly ('call' | 'reply')[] | undefined
}

/** What a tap tells of a call: its beginning, in their order what passes, and its end. */
export type TapEvent = CallBegun | BodySeen | ReplyBegun | ItemSeen | FrameSeen | CallEnded
