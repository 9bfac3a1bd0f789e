// Nobody execs into a container.
import { intermediate, reply } from '@intermediate/core'

export default intermediate().use('POST /containers/:id/exec', async function noExec(call) {
  return reply(403, { message: `exec into ${call.params.id} is not allowed here` })
})
