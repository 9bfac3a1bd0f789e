// No container is made, and no service, without a label that names its ticket.
import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'

const ticket = /^[A-Z]+-\d+$/
const made = ['POST /containers/create', 'POST /services/create', 'POST /services/:id/update'] as const

export default intermediate().use(
  filter(
    made,
    ({ body }) => ticket.test(body.Labels?.['ticket'] ?? '') || 'name its ticket: --label ticket=OPS-7',
  ),
)
