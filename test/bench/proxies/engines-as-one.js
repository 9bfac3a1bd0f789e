// Two engines as one, which are both the upstream that the command was given.
import { intermediate } from '@intermediate/core'
import { router } from '@intermediate/router'
import { origin } from './command-line.js'

export default intermediate().use(router.engines({ a: origin, b: intermediate({ upstream: origin }) }))
