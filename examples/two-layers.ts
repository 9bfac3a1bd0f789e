// One layer that writes down every call, and one inside it that refuses some.
import { intermediate, reply } from '@intermediate/core'

export default intermediate()
  .use(async function audit(call, next) {
    const answer = await next(call)
    console.log(call.endpoint, answer.status)
    return answer
  })
  .use(['POST /images/create', 'POST /build'], async function noImages() {
    return reply(403, { message: 'bring your own image' })
  })
