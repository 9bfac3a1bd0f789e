// Two engines as one: `docker ps` shows both, and a container is made where its label says, or where there is most room.
import { intermediate } from '@intermediate/core'
import { router } from '@intermediate/router'

const { ENGINE_A = 'unix:///var/run/docker.sock', ENGINE_B = 'tcp://127.0.0.1:2375' } = process.env

export default intermediate().use(
  router.engines({ a: ENGINE_A, b: ENGINE_B }, { place: router.byLabel('engine') }),
)
