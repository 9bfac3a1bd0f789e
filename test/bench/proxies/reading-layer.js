// Reads the body of every create call, which is then sent as it was read.
import { intermediate } from '@intermediate/core'

export default intermediate().use('POST /containers/create', async function reading(call, next) {
  await call.json()
  return next(call)
})
