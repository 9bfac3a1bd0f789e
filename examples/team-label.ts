// Puts a label on whatever is created through it, and asks for a ticket.
import { intermediate, reply } from '@intermediate/core'

export default intermediate()
  .use('POST /containers/create', async function ticket(call, next) {
    const { Labels } = await call.json()
    return Labels?.['ticket'] ? next(call) : reply(403, { message: 'say what it is for: --label ticket=…' })
  })
  .use(
    ['POST /containers/create', 'POST /volumes/create', 'POST /networks/create'],
    async function teamLabel(call, next) {
      const body = await call.json()
      body.Labels = { ...body.Labels, team: 'core' }
      return next(call)
    },
  )
