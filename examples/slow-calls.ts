// Says which calls took the engine longer than a second, without holding up any.
import { intermediate } from '@intermediate/core'

export default intermediate().use(async function slowCalls(call, next) {
  const begun = performance.now()
  const reply = await next(call)
  const seconds = (performance.now() - begun) / 1000
  if (seconds > 1) console.error(`${call.method} ${call.path} took ${seconds.toFixed(1)} s`)
  return reply
})
