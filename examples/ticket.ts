// No container, service or build is made without a label that names its ticket.
import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'

const ticket = /^[A-Z]+-\d+$/
const made = [
  'POST /containers/create',
  'POST /services/create',
  'POST /services/:id/update',
  'POST /build',
] as const

// The containers of a build's steps bear no labels: its image does. The engine's BuildKit, where labels cannot be seen, is
// refused, as by every policy that does not name it: DOCKER_BUILDKIT=0 docker build --label ticket=OPS-7 passes.
export default intermediate().use(
  filter(made, (call) => {
    const labels = call.endpoint === 'POST /build' ? read(call.query.labels) : call.body.Labels
    return ticket.test(labels?.['ticket'] ?? '') || 'name its ticket: --label ticket=OPS-7'
  }),
)

function read(labels = '{}') {
  try {
    return JSON.parse(labels) as Record<string, string> | null
  } catch {
    return undefined
  }
}
