import type { Endpoint } from '@intermediate/core'

/** What can be looked for. */
export type Kind = 'container' | 'exec' | 'image' | 'network' | 'plugin' | 'volume'

/** How to ask an engine about something by its name or id. */
export const inspects = {
  container: { endpoint: 'GET /containers/:id/json', param: 'id' },
  exec: { endpoint: 'GET /exec/:id/json', param: 'id' },
  image: { endpoint: 'GET /images/:name/json', param: 'name' },
  network: { endpoint: 'GET /networks/:id', param: 'id' },
  plugin: { endpoint: 'GET /plugins/:name/json', param: 'name' },
  volume: { endpoint: 'GET /volumes/:name', param: 'name' },
} as const satisfies Readonly<Record<Kind, { endpoint: Endpoint; param: 'id' | 'name' }>>
