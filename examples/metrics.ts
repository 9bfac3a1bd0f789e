// Serves what Prometheus asks for: calls, their time and bytes, open tunnels, and what the guard behind it refuses.
import { intermediate } from '@intermediate/core'
import { prometheus, wireTap } from '@intermediate/wire-tap'
import guard from './guard.js'

export const metrics = await prometheus({ listen: process.env.METRICS ?? 'tcp://127.0.0.1:9323' })

export default intermediate().use(wireTap(metrics)).use(guard)
