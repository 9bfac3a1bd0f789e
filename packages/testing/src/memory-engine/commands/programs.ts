import type { Program } from '../processes/process.js'
import { cat, head, sha256sum, tail, wc } from './contents.js'
import { date } from './date.js'
import { env, hostname, id, pwd, tty } from './environment.js'
import { no, ok } from './exit-codes.js'
import { ls, mkdir, rm, touch } from './file-commands.js'
import { grep } from './grep.js'
import { kill } from './kill.js'
import { echo, printf, seq, yes } from './printing.js'
import { sh } from './sh.js'
import { sleep } from './sleep.js'
import { stty } from './stty.js'
import { bracket, test } from './test-command.js'

/** The built-in commands by name. In an image each is a file in /bin. */
export const programs: ReadonlyMap<string, Program> = new Map<string, Program>(
  Object.entries({
    '[': bracket,
    cat,
    date,
    echo,
    env,
    false: no,
    grep,
    head,
    hostname,
    id,
    kill,
    ls,
    mkdir,
    printf,
    pwd,
    rm,
    seq,
    sh,
    sha256sum,
    sleep,
    stty,
    tail,
    test,
    touch,
    true: ok,
    tty,
    wc,
    yes,
  }),
)
