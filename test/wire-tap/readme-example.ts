import { intermediate } from '@intermediate/core'
import { terminal, wireTap } from '@intermediate/wire-tap'

export default intermediate().use(wireTap(terminal(), { endpoints: '* /volumes{/*rest}' }))
