// Containers that ask for no network come onto one of ours, which is made where it is not there.
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'

const { NETWORK = 'apps' } = process.env

export default intermediate()
  .use('POST /containers/create', async function makeNetwork(call, next) {
    const { status } = await call.ask('GET /networks/:id', { params: { id: NETWORK } })
    if (status === 404)
      await call.ask('POST /networks/create', { body: { Name: NETWORK, CheckDuplicate: true } })
    return next(call)
  })
  .use(enricher.network(NETWORK))
