type OnError = (error: unknown) => unknown

/**
 * What is told of a sink's failures, of which nothing can fail a call or end the process: neither what it throws, nor what
 * it rejects with. stderr has that.
 * @param onError undefined: stderr is told of the failures
 */
export function harmless(onError: OnError | undefined): (error: unknown) => void {
  if (onError === undefined) return onStderr('a sink of wireTap()')
  const failed = onStderr('onError of wireTap()')
  return (error) => {
    try {
      const telling = onError(error)
      if (telling instanceof Promise) telling.catch(failed)
    } catch (failure) {
      failed(failure)
    }
  }
}

/** A line for what is thrown, and for the same again after a minute: a full disk fails every event. */
function onStderr(what: string): (error: unknown) => void {
  let last: { text: string; at: number } | undefined
  return (error) => {
    const text = String(error)
    const at = performance.now()
    if (text === last?.text && at - last.at < 60_000) return
    last = { text, at }
    process.stderr.write(`intermediate: ${what} failed: ${text}\n`)
  }
}
