// Nothing privileged, a ticket for every container that is created, and the team's label on it; builds need none.
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'
import { filter } from '@intermediate/filter'

export default intermediate()
  .use(filter.unprivileged())
  .use(
    filter(
      'POST /containers/create',
      ({ body }) => !!body.Labels?.ticket || 'say what it is for: --label ticket=…',
    ),
  )
  .use(
    enricher('POST /containers/create', ({ body }) => {
      body.Labels = { ...body.Labels, team: 'core' }
    }),
  )
