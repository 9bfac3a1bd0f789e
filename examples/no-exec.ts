// Nobody execs into a container whose name begins with "db".
import { intermediate, reply } from '@intermediate/core'

export default intermediate().use('POST /containers/:id/exec', async function noExec(call, next) {
  if (call.params.id.startsWith('db'))
    return reply(403, { message: `exec into ${call.params.id} is not allowed here` })
  return next(call)
})
