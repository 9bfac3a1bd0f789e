// Leaves out the containers, and the events, without the label `team`: one of ten of those that are measured.
import { intermediate } from '@intermediate/core'

export default intermediate()
  .use('GET /containers/json', async function ownContainers(call, next) {
    const reply = await next(call)
    reply.items((container) => (container.Labels?.team === undefined ? undefined : container))
    return reply
  })
  .use('GET /events', async function ownEvents(call, next) {
    const reply = await next(call)
    reply.items((event) => (event.Actor?.Attributes?.team === undefined ? undefined : event))
    return reply
  })
