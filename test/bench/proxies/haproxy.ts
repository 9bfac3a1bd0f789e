import { writeFile } from 'node:fs/promises'
import type { Proxy } from './proxy.js'

let count = 0

/** One thread, each client with its own connection to the origin, as intermediate does it, and no waiting for more. */
export const haproxy: Proxy = haproxyWith('HAProxy', 'haproxy', '')

/** The same, where the kernel moves bodies from socket to socket. */
export const haproxySplicing: Proxy = haproxyWith(
  'HAProxy, splicing',
  'haproxy-splicing',
  'option splice-auto',
)

function haproxyWith(name: string, option: string, more: string): Proxy {
  return {
    name,
    option,
    needs: ['haproxy'],
    speaksTls: true,
    async start(bench, { listen, upstream, tls }) {
      const path = bench.file(`haproxy-${++count}.cfg`)
      await writeFile(
        path,
        `global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout connect 30s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
  http-reuse never
  option http-no-delay
  ${more}
frontend clients
  bind 127.0.0.1:${listen} ${tls === undefined ? '' : `ssl crt ${tls.both}`}
  default_backend engine
backend engine
  server engine 127.0.0.1:${upstream}
`,
      )
      return bench.start('proxy', 'haproxy', '-db', '-f', path)
    },
  }
}
