export type { Chooser } from './choosers.js'
export type { Answered, Aggregate } from './recipient-list.js'
export { router } from './router.js'
export type { Upstreams } from './upstreams.js'
