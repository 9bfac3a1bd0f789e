// Five layers that want none of the calls that are measured.
import { intermediate } from '@intermediate/core'

export default intermediate()
  .use('POST /containers/create', function first(call, next) {
    return next(call)
  })
  .use('POST /containers/:id/exec', function second(call, next) {
    return next(call)
  })
  .use('POST /build', function third(call, next) {
    return next(call)
  })
  .use('* /volumes{/*rest}', function fourth(call, next) {
    return next(call)
  })
  .use('GET /events', function fifth(call, next) {
    return next(call)
  })
