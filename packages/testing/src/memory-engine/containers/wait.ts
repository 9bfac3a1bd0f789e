import { badRequest } from '../engine-error.js'
import type { Exchange } from '../http/exchange.js'

const conditions = ['not-running', 'next-exit', 'removed']

/**
 * `POST /containers/:id/wait`. The head is sent at once: clients start the container when they have it, so that they
 * wait in time.
 */
export async function wait(exchange: Exchange): Promise<void> {
  const { engine, query, signal } = exchange
  const container = engine.containers.get(exchange.param('id'))
  const condition = query.text('condition') ?? 'not-running'
  if (!conditions.includes(condition))
    throw badRequest(`invalid condition: ${condition}: there are ${conditions.join(', ')}`)
  exchange.begin(200, { 'Content-Type': 'application/json' })
  const { exits } = container
  const isMet = () => {
    if (container.isRemoved) return true
    if (condition === 'removed') return undefined
    return (condition === 'next-exit' ? container.exits > exits : !container.isRunning) || undefined
  }
  await container.changes.until(isMet, AbortSignal.any([signal, engine.closing.signal])).catch(() => {})
  exchange.response.end(`${JSON.stringify({ StatusCode: container.state.exitCode })}\n`)
}
