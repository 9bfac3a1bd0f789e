import { beside } from '../bench.js'
import type { Proxy } from './proxy.js'

/** A proxy that is a program for Node beside this file. It is given its port and the origin's. */
export function nodeProgram(name: string, option: string, file: string): Proxy {
  return {
    name,
    option,
    needs: [],
    speaksTls: false,
    start: (bench, { listen, upstream }) =>
      bench.start('proxy', bench.options.node, beside(`proxies/${file}`), String(listen), String(upstream)),
  }
}

export const httpProxy = nodeProgram('http-proxy', 'http-proxy', 'http-proxy.js')

export const nodeUndici = nodeProgram('Node + undici', 'node-undici', 'node-undici.js')
