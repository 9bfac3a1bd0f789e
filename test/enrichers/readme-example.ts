import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'

export default intermediate()
  .use(enricher.labels({ team: 'core' }))
  .use(enricher.limits({ memory: { default: '512m', max: '2g' }, pids: { max: 500 } }))
  .use(
    enricher('POST /containers/create', ({ body }) => {
      body.HostConfig = { ...body.HostConfig, Init: true }
    }),
  )
