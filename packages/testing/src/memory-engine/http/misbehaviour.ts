/**
 * What an engine does instead of answering: closes the connection at once (`reset`), never answers (`stall`), answers
 * and closes in the middle of the body (`cut`), or refuses with a status.
 */
export type Misbehaviour = 'reset' | 'stall' | 'cut' | { readonly status: number; readonly message?: string }

interface Order {
  readonly endpoint: string
  readonly how: Misbehaviour
  left: number
}

/** What was ordered, and how often it is still to happen. */
export class Misbehaviours {
  readonly #orders: Order[] = []

  /** @returns a function that takes the order back */
  add(endpoint: string, how: Misbehaviour, times: number): () => void {
    const order = { endpoint, how, left: times }
    this.#orders.push(order)
    return () => {
      order.left = 0
    }
  }

  /** What to do on a call of that endpoint, if anything; it counts as done. */
  take(endpoint: string | undefined): Misbehaviour | undefined {
    const order = this.#orders.find(
      ({ endpoint: wanted, left }) => left > 0 && (wanted === endpoint || wanted === '*'),
    )
    if (order) order.left--
    return order?.how
  }
}
