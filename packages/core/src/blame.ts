/** Which layer an error came up in first, where the error itself comes up later and elsewhere. */
const culprits = new WeakMap<Error, string>()

/** Says in which layer an error came up; who says so first is right. */
export function blame(error: Error, layer: string | undefined): void {
  if (layer !== undefined && !culprits.has(error)) culprits.set(error, layer)
}

/** The name of the layer in which an error came up, if somebody has said so. */
export function culpritOf(error: Error): string | undefined {
  return culprits.get(error)
}
