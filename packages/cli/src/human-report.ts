import type { ErrorReport, LayerInfo } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'
import { inspect, styleText } from 'node:util'
import { callLine } from './call-line.js'
import type { Paint } from './call-line.js'
import type { Output } from './output.js'
import { printable } from './printable.js'
import type { Report, Start } from './report.js'

/**
 * Sentences for people: what happens on stdout, what goes wrong on stderr. Calls are shown on a terminal only.
 * What others chose is printed as one line without control characters.
 */
export function humanReport({ stdout, stderr }: Output): Report {
  const isTerminal = stdout.isTTY === true
  const paint: Paint | undefined = stdout.hasColors?.()
    ? (colour, text) => styleText(colour, text, { validateStream: false })
    : undefined
  const say = (line: string) => void stdout.write(`${line}\n`)
  const warn = (line: string) => void stderr.write(`${line}\n`)
  let usual: string | undefined
  return {
    started(start) {
      usual = start.answeredBy === undefined ? start.upstream.address : undefined
      say(startText(start))
    },
    engine(found) {
      if ('version' in found) {
        const { name, version, apiVersion, platform } = found
        say(printable(`Engine: ${name} ${version}, API ${apiVersion}${platform && `, ${platform}`}`))
      } else
        warn(
          `Warning: ${printable(found.problem)}${found.isAway ? ' Until it is there, calls answer 502.' : ''}`,
        )
    },
    fallback: ({ problem }) =>
      warn(
        `Warning: ${printable(problem)} An engine in memory takes its place: its containers run a few built-in commands, and end with it.`,
      ),
    call: isTerminal ? (record) => say(callLine(record, usual, paint)) : undefined,
    error: (report) => warn(errorText(report)),
    stopping(signal, connections, grace) {
      const calls = connections === 1 ? '1 connection has a call' : `${connections} connections have calls`
      say(
        `${signal}: ${calls} under way, which may take ${grace / 1000} s to finish. A second signal ends it at once.`,
      )
    },
    stopped: () => say('Stopped.'),
    failed: (error) => warn(failureText(error)),
    // Nobody can ask for the stack afterwards.
    crashed: (error) => warn(`intermediate: ended, since nothing caught this: ${detailed(error)}`),
    // The streams of a process write to files, terminals and pipes within the call.
    end: () => Promise.resolve(),
  }
}

function startText({ addresses, environment, clientFiles, layers, tap, ...start }: Start): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}`)
  return [
    ...addresses.map((address) => `Listening on ${address}`),
    printable(upstreamText(start)),
    ...layersText(layers),
    '',
    `export ${variables.join(' ')}`,
    ...(clientFiles.length > 0 ? [`# and DOCKER_CERT_PATH, a folder with ${clientFiles.join(', ')}`] : []),
    ...(tap === undefined ? [] : [`intermediate tap ${quoted(tap)}  # elsewhere, to watch what passes`]),
    '',
  ].join('\n')
}

function upstreamText({ upstream, answeredBy }: Pick<Start, 'upstream' | 'answeredBy'>): string {
  return answeredBy === undefined
    ? `Upstream: ${upstream.address}, from ${upstream.source}`
    : `Upstream: only those of the layer "${answeredBy}", which answers every call`
}

function layersText(layers: readonly LayerInfo[]): string[] {
  if (layers.length === 0) return ['No layers: every call passes through untouched']
  return [
    'Layers, the outermost first:',
    ...layers.map(({ name, endpoints }, index) =>
      printable(`  ${index + 1}. ${name}: ${endpointsText(endpoints)}`),
    ),
  ]
}

function endpointsText(endpoints: LayerInfo['endpoints']): string {
  if (endpoints === undefined) return 'every call'
  const rest = endpoints.length - 3
  return rest > 1 ? `${endpoints.slice(0, 3).join(', ')} and ${rest} more` : endpoints.join(', ')
}

/** A layer that threw is for its author to repair, who needs to know where. */
function errorText({ id, method, path, layer, error }: ErrorReport): string {
  if (error instanceof IntermediateError) return `Error: ${printable(error.message)}`
  const call = printable(`${method} ${path}`)
  const where = layer === undefined ? '' : printable(` in the layer "${layer}"`)
  return `Error${id === undefined ? '' : ` ${id}`}: ${call} failed${where}: ${detailed(error)}`
}

function failureText(error: unknown): string {
  const message = error instanceof IntermediateError ? error.message : `Unexpected ${String(error)}`
  return `intermediate: ${printable(message)}${process.env.DEBUG ? `\n${detailed(error)}` : ''}`
}

/** With the stack, each line of it apart and indented, so that no message can pass for a line of ours. */
function detailed(error: unknown): string {
  return inspect(error).split('\n').map(printable).join('\n  ')
}

/** As a shell reads it back. */
function quoted(value: string): string {
  return /^[\w@%+=:,./[\]-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}
