import type { Bench } from '../bench.js'
import { beside } from '../bench.js'
import { freePort } from '../ports.js'
import type { Origin } from './origin.js'

/** Starts the origin for what is long: bodies without end, tunnels, event streams. */
export async function startEngine(bench: Bench): Promise<Origin> {
  const port = await freePort()
  const process_ = await bench.start('origin', process.execPath, beside('origins/engine.js'), String(port))
  return { port, process: await process_.listening(port) }
}
