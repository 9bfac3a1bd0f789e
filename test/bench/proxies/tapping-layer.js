// Tells a sink of everything that passes, which does nothing with it.
import { intermediate } from '@intermediate/core'
import { wireTap } from '@intermediate/wire-tap'

export default intermediate().use(wireTap(() => {}))
