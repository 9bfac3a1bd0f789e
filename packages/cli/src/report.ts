import type { CallRecord, ErrorReport, LayerInfo } from '@intermediate/core'
import type { Engine, NoEngine } from './engine.js'

/** What `intermediate up` tells whoever runs it. */
export interface Report {
  started(start: Start): void
  /** The engine answered, or why it did not. */
  engine(found: Engine | NoEngine): void
  /** No engine answered at the start, so one in memory takes its place. */
  fallback(engine: NoEngine): void
  /** Undefined where nobody watches calls. */
  readonly call: ((record: CallRecord) => void) | undefined
  /** A call failed for a reason that is not its client's. */
  error(report: ErrorReport): void
  /** A signal came, and so many connections still have a call under way; they may take so many ms. */
  stopping(signal: NodeJS.Signals, connections: number, grace: number): void
  stopped(): void
  /** It cannot run. */
  failed(error: unknown): void
  /** It ran, and code of a layer or of FILE threw something that nothing catches. */
  crashed(error: unknown): void
  /** Resolves when everything that was reported is written. */
  end(): Promise<void>
}

export interface Start {
  readonly addresses: readonly string[]
  /** The variables with which a docker client comes to the first address. */
  readonly environment: Readonly<Record<string, string>>
  /** What DOCKER_CERT_PATH must have, where the first address speaks TLS. */
  readonly clientFiles: readonly string[]
  readonly upstream: { readonly address: string; readonly source: string }
  /** The layer that answers every call, so that none goes to the upstream; undefined where there is none. */
  readonly answeredBy: string | undefined
  readonly layers: readonly LayerInfo[]
  /** Where `intermediate tap` can watch; undefined: nowhere. */
  readonly tap: string | undefined
}
