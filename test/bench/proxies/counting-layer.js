// Tells a sink of how calls end, as metrics want it: of no body is more known than how long it is.
import { intermediate } from '@intermediate/core'
import { wireTap } from '@intermediate/wire-tap'

export default intermediate().use(wireTap(Object.assign(() => {}, { wants: ['end'] })))
