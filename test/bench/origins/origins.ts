import type { Bench } from '../bench.js'
import type { Origin } from './origin.js'
import { startEngine } from './start-engine.js'
import { startNginx } from './start-nginx.js'

export interface Origins {
  /** For what is long. */
  readonly engine: Origin
  /** For what has a length; undefined where nginx is not installed. */
  readonly nginx: Origin | undefined
}

export async function startOrigins(bench: Bench): Promise<Origins> {
  return {
    engine: await startEngine(bench),
    nginx: bench.tools.has('nginx') ? await startNginx(bench) : undefined,
  }
}
