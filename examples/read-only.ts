// A dashboard sees everything that the engine shows, and changes nothing.
import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'

// Files stay in their containers: `docker cp` out of one passes with { archive: true }.
export default intermediate().use(filter.readOnly({ archive: false }))
