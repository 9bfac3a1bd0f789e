import { readFile } from 'node:fs/promises'
import { vi } from 'vitest'

/** What the README of the package shows of its example. */
export async function shownInReadme(): Promise<{ command: string; lines: string[] }> {
  const readme = await readFile('packages/wire-tap/README.md', 'utf8')
  const [, command, said] = /```console\n\$ docker (.+)\n((?:.+\n)+)```/.exec(readme)!
  return { command: command!, lines: said!.trimEnd().split('\n') }
}

/** A line without what another run has otherwise: times, the number of the call, where the engine keeps its volumes. */
export function comparable(line: string): string {
  return line
    .replace(/^\d\d:\d\d:\d\d\.\d{3} #\d+ /, 'TIME #N ')
    .replace(/[\d.]+ ms, (\d+) B in, \d+ B out$/, 'N ms, $1 B in, N B out')
    .replace(/"CreatedAt":"[^"]+"/, '"CreatedAt":"…"')
    .replace(/"Mountpoint":.*/, '"Mountpoint":…')
}

/** What is written to stdout while it acts, until there are that many lines. */
export async function written(count: number, act: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = []
  let end!: () => void
  const ended = new Promise<void>((resolve) => (end = resolve))
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text).trimEnd())
    if (lines.length === count) end()
    return true
  })
  try {
    await act()
    await ended
    return lines
  } finally {
    stdout.mockRestore()
  }
}
