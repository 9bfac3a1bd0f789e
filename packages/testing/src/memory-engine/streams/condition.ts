/** Something that changes; whoever waits looks again after each change. */
export class Condition {
  readonly #wakes = new Set<() => void>()

  changed(): void {
    for (const wake of [...this.#wakes]) wake()
  }

  /** Until `look` gives a value. Rejects with the signal's reason, having looked no more. */
  until<T>(look: () => T | undefined, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#wakes.delete(wake)
        signal?.removeEventListener('abort', abort)
        act()
      }
      const abort = () => settle(() => reject(signal?.reason as Error))
      const wake = () => {
        if (signal?.aborted) return abort()
        const value = look()
        if (value !== undefined) settle(() => resolve(value))
      }
      this.#wakes.add(wake)
      signal?.addEventListener('abort', abort)
      wake()
    })
  }
}
