import { afterEach, describe, expect, it } from 'vitest'
import { programs } from '../commands/programs.js'
import { FileSystem } from '../files/file-system.js'
import { addEngineFiles, baseFiles } from '../images/base-files.js'
import type { Process, Spawn } from '../processes/process.js'
import { Sandbox } from '../processes/sandbox.js'
import { Pipe } from '../streams/pipe.js'
import { readAll } from '../streams/lines.js'

const sandboxes: Sandbox[] = []
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.end()
})

interface Running {
  readonly process: Process
  readonly stdin: Pipe
  /** What it wrote, and its exit code, once it has ended. */
  readonly result: Promise<{ out: string; err: string; code: number }>
}

function start(script: string, options: Partial<Spawn> = {}): Running {
  const root = baseFiles()
  addEngineFiles(root, { hostname: 'box', hosts: '' })
  let pid = 0
  const sandbox = new Sandbox({
    files: new FileSystem(root),
    programs,
    hostname: 'box',
    nextPid: () => ++pid,
    init: false,
  })
  sandboxes.push(sandbox)
  const [stdin, stdout, stderr] = [new Pipe(), new Pipe(), new Pipe()]
  const spawn = {
    args: ['sh', '-c', script],
    env: new Map([['PATH', '/bin']]),
    cwd: '/',
    user: { uid: 0, gid: 0 },
    stdin,
    stdout,
    stderr,
  }
  const process = sandbox.spawn({ ...spawn, ...options }, programs.get('sh')!)
  const ended = process.exited.finally(() => {
    stdout.end()
    stderr.end()
  })
  const result = Promise.all([readAll(stdout), readAll(stderr), ended]).then(([out, err, code]) => {
    return { out: out.toString(), err: err.toString(), code }
  })
  return { process, stdin, result }
}

async function run(script: string, input = ''): Promise<{ out: string; err: string; code: number }> {
  const { stdin, result } = start(script)
  if (input !== '') await stdin.write(Buffer.from(input))
  stdin.end()
  return result
}

describe('a script prints', () => {
  it.each([
    ['echo one; echo two', 'one\ntwo\n'],
    ['true && echo yes || echo no', 'yes\n'],
    ['false && echo yes || echo no', 'no\n'],
    ['! false && echo turned', 'turned\n'],
    [`echo 'a  $x' "b  $HOME" c\\ d`, 'a  $x b   c d\n'],
    ['x=1; y="$x 2"; echo $y "$y"', '1 2 1 2\n'],
    ['A=b env | grep ^A=', 'A=b\n'],
    ['for i in 1 2 3; do echo -n $i; done', '123'],
    ['i=0; while [ $i -lt 3 ]; do i=$((i + 1)); echo $i; done', '1\n2\n3\n'],
    ['i=0; until [ $i = 2 ]; do i=$((i+1)); done; echo $i', '2\n'],
    ['for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done', '1\n3\n'],
    ['for a in 1 2; do for b in 1 2; do [ $b = 2 ] && continue 2; echo $a$b; done; done', '11\n21\n'],
    ['if false; then echo a; elif true; then echo b; else echo c; fi', 'b\n'],
    ['echo $(echo inner; echo more) `echo old`', 'inner more old\n'],
    ['echo "$(printf "a\\nb\\n\\n")"', 'a\nb\n'],
    ['echo ${none:-other} ${HOME-home} ${#PATH}', 'other home 4\n'],
    ['echo one >/tmp/f; echo two >>/tmp/f; cat </tmp/f', 'one\ntwo\n'],
    ['{ echo a; echo b; } | wc -l', '2\n'],
    ['seq 100000 | head -n 2', '1\n2\n'],
    ['(cd /tmp; pwd); pwd', '/tmp\n/\n'],
    ['set -- a "b c"; echo $#; for w in "$@"; do echo "<$w>"; done', '2\n<a>\n<b c>\n'],
    ['set --; for w in "$@"; do echo never; done; echo end', 'end\n'],
    ['printf "%s-%03d\\n" a 7 b 8', 'a-007\nb-008\n'],
    ['echo $((2 * (3 + 4) % 5)) $((1 < 2 && 3 != 3))', '4 0\n'],
    ['# a comment\necho a # another\n', 'a\n'],
    ['echo err >&2 2>/dev/null; echo out 2>&1', 'out\n'],
    ['exec 2>&1; echo err >&2', 'err\n'],
    ['sleep 0 & wait $!; echo $?', '0\n'],
    ['mkdir -p /a/b; touch /a/b/c; ls /a/b; rm -r /a; [ -e /a ] || echo gone', 'c\ngone\n'],
    ['id -u; hostname; tty || :', '0\nbox\nnot a tty\n'],
    ['eval "x=1; echo \\$x"', '1\n'],
    ['x=$(false); echo $?', '1\n'],
    ['trap "echo bye" EXIT; echo hi', 'hi\nbye\n'],
    ['[ -d /tmp -a ! -f /tmp ] && [ 2 -gt 1 ] && [ a != b ] && echo so', 'so\n'],
  ])('%s', async (script, out) => {
    expect(await run(script)).toMatchObject({ out, code: 0 })
  })
})

describe('a script ends with', () => {
  it.each([
    ['exit 3', 3],
    ['false', 1],
    ['false; true', 0],
    ['(exit 4)', 4],
    ['set -e; false; echo never', 1],
    ['set -e; if false; then :; fi; false || true; exit 5', 5],
    ['nosuch', 127],
    ['/etc', 126],
    ['kill -TERM $$; exit 6', 6],
    ['sleep 100 & kill $!; wait $!', 143],
    ['yes | head -n 1', 0],
    ['trap "exit 7" EXIT; exit 1', 7],
    ['echo "unfinished', 2],
    ['case a in a) ;; esac', 2],
    ['f() { :; }', 2],
    ['cat <<EOF', 2],
  ])('%s: %i', async (script, code) => {
    expect((await run(script)).code).toBe(code)
  })
})

describe('what is wrong is said on stderr', () => {
  it.each([
    ['nosuch', 'sh: nosuch: not found\n'],
    ['cat /none', 'cat: /none: No such file or directory\n'],
    ['echo >/none/x', 'sh: /none/x: No such file or directory\n'],
    ['cd /none', "sh: cd: can't cd to /none: No such file or directory\n"],
    ['if true; then', 'sh: syntax error: the script ends too early\n'],
    ['echo )', 'sh: syntax error: unexpected )\n'],
    ['case x in esac', 'sh: syntax error: this small shell has no "case"\n'],
    ['echo $((1 / 0))', 'sh: syntax error: arithmetic: division by zero\n'],
    ['[ 1 -eq x ]', '[: x: bad number\n'],
    ['set -o pipefail', 'sh: set: this small shell has no -o\n'],
  ])('%s', async (script, err) => {
    expect((await run(script)).err).toBe(err)
  })
})

it('commands share stdin and take no more than they need', async () => {
  const { out } = await run('read first; echo "<$first>"; cat', 'one\ntwo\nthree\n')
  expect(out).toBe('<one>\ntwo\nthree\n')
})

it('reads commands from stdin, those of several lines too', async () => {
  const { stdin, result } = start('', { args: ['sh'] })
  await stdin.write(Buffer.from('for i in 1 2\ndo echo $i\ndone\nexit 3\necho never\n'))
  stdin.end()
  expect(await result).toEqual({ out: '1\n2\n', err: '', code: 3 })
})

it('runs a trap between two commands', async () => {
  const { process, result } = start('trap "echo caught; exit 9" TERM; while :; do sleep .01; done')
  await until(() => process.handlers.has('TERM'))
  process.kill('TERM')
  expect(await result).toMatchObject({ out: 'caught\n', code: 9 })
})

it('the first process ignores a signal without a handler, and dies of KILL', async () => {
  const { process, result } = start('sleep 100')
  process.kill('TERM')
  process.kill('KILL')
  expect((await result).code).toBe(137)
})

it('a loop without an end can be ended', async () => {
  const { process, result } = start('while :; do :; done')
  await new Promise((resolve) => setImmediate(resolve))
  process.kill('KILL')
  expect((await result).code).toBe(137)
})

it('runs a file that names its interpreter', async () => {
  const script = `printf '#!/bin/sh -e\\necho $0 $1; false; echo never\\n' >/tmp/s; /bin/cat /tmp/s >/bin/s`
  expect((await run(`${script}; s a`)).code).toBe(126)
  expect((await run(`${script}; cat /tmp/s >/bin/true; true a`)).out).toBe('/bin/true a\n')
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
