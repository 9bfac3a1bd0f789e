// Sends every call to one of two upstreams, which are both the one that the command was given.
import { intermediate } from '@intermediate/core'
import { router } from '@intermediate/router'
import { origin } from './command-line.js'

export default intermediate().use(
  router(({ method }) => (method === 'GET' ? 'a' : 'b'), { a: origin, b: origin }),
)
