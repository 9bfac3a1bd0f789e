// A pass-through intermediate without the command around it: PORT ORIGIN.
import { intermediate } from '@intermediate/core'

const [port, origin] = process.argv.slice(2)
await intermediate({ upstream: `tcp://127.0.0.1:${origin}` }).listen(`tcp://127.0.0.1:${port}`)
