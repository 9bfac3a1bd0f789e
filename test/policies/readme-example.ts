import { intermediate } from '@intermediate/core'
import { filter, refuse } from '@intermediate/filter'

export default intermediate()
  .use(filter.unprivileged())
  .use(
    filter(
      'POST /containers/create',
      ({ body }) => !!body.Labels?.ticket || 'say what it is for: --label ticket=…',
    ),
  )
  .use(filter('GET /system/df', () => refuse(501, 'how full it is its operators know')))
  .use(filter.items('GET /volumes', ({ Labels }) => Labels?.team === 'core'))
