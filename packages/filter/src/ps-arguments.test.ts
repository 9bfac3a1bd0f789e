import { expect, test } from 'vitest'
import { psArgumentsRefusal } from './ps-arguments.js'

test.each([
  undefined,
  '',
  '-ef',
  'aux',
  'auxww',
  '-aux',
  '-e -f',
  'axl',
  '-eLf',
  '-ejH',
  'faux',
  '-o pid,ppid,user,args',
  '-eo pid,comm',
  'axo pid,%cpu,%mem,comm',
  '-eopid,args e',
  '-o user,pid,args',
  '-eo uid,ppid,pgid,sid,user,pid,args',
])('%j shows only what is the container’s', (args) => {
  expect(psArgumentsRefusal(args)).toBeUndefined()
})

test.each([
  ['another column of that title', '-eovsz=PID -o pid,args'],
  ['one behind pid', '-o pid,vsz=PID'],
  ['one behind white space of another kind', '-o\tpid,vsz=PID'],
  ['a pid of another title', '-o pid=X'],
  ['arguments before pid', '-o args,pid'],
  ['arguments between user and pid', '-o user,args,pid'],
  ['another title before pid', '-o user=PID,pid,args'],
  ['a title without a text before pid', '-o user=,pid,args'],
  ['a column that may be empty before pid', '-o label,pid'],
  ['a user, whose name may have spaces, before numbers', '-o user,uid,pid'],
  ['a state, which busybox writes with spaces, before pid', '-o stat,pid'],
  ['columns without pid', '-o user,args'],
  ['pid behind arguments as well', '-o pid,args,pid'],
  ['a date before pid', '-eo lstart,pid'],
  ['arguments of a list before that of pid', '-o args -o pid'],
  ['a second list', '-o pid -o args'],
  ['no list', '-o'],
  ['a list of another form', '-O args'],
  ['the same, without a dash', 'O args'],
  ['a format of its own', '-o %c%p'],
  ['a format of its own behind pid', '-o pid,%c'],
  ['a list by its long name', '--format vsz=PID,pid,args'],
  ['labels before pid', '-eZ'],
  ['no titles', 'axh'],
  ['no titles, by the long name', '--no-headers'],
  ['another order', '--sort -vsz'],
  ['a name', '-u root'],
  ['two words behind one space', '-ef  aux'],
  ['a quote', "'-ef'"],
])('%s is refused: %j', (_, args) => {
  expect(psArgumentsRefusal(args)).toBe(
    `the ps arguments ${JSON.stringify(args)} are not allowed here: allowed are letters as in -ef and aux, and one list of columns with nothing before pid but uid, ppid, pgid, sid, and user right in front of it, as in -eo user,pid,args`,
  )
})
