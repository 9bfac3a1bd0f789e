export type {
  BodySeen,
  CallBegun,
  CallEnded,
  FrameSeen,
  ItemSeen,
  Occurred,
  ReplyBegun,
  TapEvent,
} from './events.js'
export type { WireTapOptions } from './options.js'
export { redacted, type RedactOptions } from './redact.js'
export type { Sink } from './sink.js'
export { wireTap } from './wire-tap.js'
