import { ours } from '../floor.js'
import { beside } from '../bench.js'
import type { Proxy } from './proxy.js'

const cli = beside('../../packages/cli/bin/intermediate.js')

/** The command from its build, as a user runs it. */
export const intermediate: Proxy = intermediateWith([])

/** The command with a module that has five layers, all for other calls than those that are measured. */
export const fiveIdleLayers: Proxy = intermediateWith([beside('proxies/five-idle-layers.js')])

/** The command with a module that reads the body of every create call. */
export const readingLayer: Proxy = intermediateWith([beside('proxies/reading-layer.js')])

/** The command with a module that looks at each container of a list, and at each event. */
export const itemFilter: Proxy = intermediateWith([beside('proxies/item-filter.js')])

/** The command with a module that tells a sink of everything. */
export const tappingLayer: Proxy = intermediateWith([beside('proxies/tapping-layer.js')])

/** The command with a module that tells a sink of how calls end. */
export const countingLayer: Proxy = intermediateWith([beside('proxies/counting-layer.js')])

/** The command, which can be watched. */
export const watchableTap: Proxy = intermediateWith(['--tap=tcp://127.0.0.1:0'])

/** The command with a module that chooses an upstream for each call. */
export const routingLayer: Proxy = intermediateWith([beside('proxies/routing-layer.js')])

/** The command with a module for which two engines are one. */
export const enginesAsOne: Proxy = intermediateWith([beside('proxies/engines-as-one.js')])

/** The package alone, in a script of a few lines. */
export const bareCore: Proxy = {
  name: ours,
  option: 'intermediate',
  needs: [],
  speaksTls: false,
  start: (bench, { listen, upstream }) =>
    bench.start(
      'proxy',
      bench.options.node,
      beside('proxies/bare-core.js'),
      String(listen),
      String(upstream),
    ),
}

function intermediateWith(files: readonly string[]): Proxy {
  return {
    name: ours,
    option: 'intermediate',
    needs: [],
    speaksTls: true,
    start: (bench, { listen, upstream, tls }) =>
      bench.start(
        'proxy',
        bench.options.node,
        cli,
        'up',
        ...files,
        `--listen=tcp://127.0.0.1:${listen}`,
        `--upstream=tcp://127.0.0.1:${upstream}`,
        ...(tls === undefined ? [] : [`--tlscert=${tls.cert}`, `--tlskey=${tls.key}`]),
      ),
  }
}
