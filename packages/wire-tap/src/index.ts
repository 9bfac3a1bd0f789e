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
export type { RedactOptions } from './redact.js'
export { replay, type ReplayOptions } from './replay/replay.js'
export { printable } from './printable.js'
export { redacted } from './secrets.js'
export type { Sink } from './sink.js'
export { wireTap } from './wire-tap.js'
export { asciicast } from './sinks/asciicast.js'
export { type FileSink, jsonLines, type JsonLinesOptions } from './sinks/json-lines.js'
export { openTelemetry, type OpenTelemetryOptions } from './sinks/open-telemetry.js'
export { prometheus, type PrometheusOptions, type PrometheusSink } from './sinks/prometheus.js'
export { watchers, type WatchersOptions, type WatchersSink } from './sinks/watchers.js'
export { terminal, type TerminalOptions } from './sinks/terminal.js'
