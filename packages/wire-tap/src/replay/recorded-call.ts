import type { CallBegun, CallEnded, FrameSeen, ReplyBegun } from '../events.js'

/** What came of a reply, in its order. `time` is in ms since 1970. */
export type Piece =
  | { readonly kind: 'item'; readonly time: number; readonly json: unknown }
  | {
      readonly kind: 'frame'
      readonly time: number
      readonly stream: FrameSeen['stream']
      readonly data: Buffer
    }

export interface AnsweredCall extends RecordedCall {
  readonly reply: ReplyBegun
}

/** One call of a recording, with all that the recording has of it. */
export interface RecordedCall {
  readonly begun: CallBegun
  /** The JSON that it brought; undefined: none, or none that was recorded. */
  body: { readonly json: unknown } | undefined
  /** Undefined: it was not answered. */
  reply: ReplyBegun | undefined
  /** The JSON of the reply, where that is one document. */
  document: { readonly time: number; readonly json: unknown } | undefined
  readonly pieces: Piece[]
  /** Undefined: it went on when the recording ended. */
  end: CallEnded | undefined
  /** The tap had to drop events while it was under way. */
  dropped: boolean
}
