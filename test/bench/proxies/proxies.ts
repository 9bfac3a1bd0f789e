import { goReverseProxy } from './go.js'
import { haproxy, haproxySplicing } from './haproxy.js'
import { intermediate } from './intermediate.js'
import { nginx } from './nginx.js'
import { httpProxy, nodeUndici } from './node-program.js'
import type { Proxy } from './proxy.js'

/** Whom intermediate is compared with, in the order of the table's columns. */
export const proxies: readonly Proxy[] = [
  intermediate,
  haproxy,
  haproxySplicing,
  nginx,
  goReverseProxy,
  nodeUndici,
  httpProxy,
]

/** The column without any proxy. */
export const direct = 'direct'
