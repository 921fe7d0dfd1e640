/** Results and exports that are not what was asked for. Each is named, with the place and what to do instead. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

export const oddValues: HostileClass = {
  name: 'values that are no data',
  programs: [
    {
      name: 'bytes',
      code: run('return { data: new Uint8Array(3) }'),
      outcome: 'wrong-type',
      message: /the result\.data is binary data.*base64/,
    },
    {
      name: 'an Error as a result',
      code: run("return new Error('x')"),
      outcome: 'wrong-type',
      message: /an Error.*throw it/,
    },
    {
      name: 'a function as result',
      code: run('return () => 1'),
      outcome: 'wrong-type',
      message: /the result is a function/,
    },
    {
      name: 'a symbol inside',
      code: run("return { a: [Symbol('x')] }"),
      outcome: 'wrong-type',
      message: /the result\.a\[0\] is a symbol/,
    },
    {
      name: 'a BigInt',
      code: run('return { count: 1n }'),
      outcome: 'wrong-type',
      message: /the result\.count is a bigint.*Number\(value\)/,
    },
    {
      name: 'NaN',
      code: run("return { scores: { 'node-1': NaN } }"),
      outcome: 'wrong-type',
      message: /the result\.scores\["node-1"\] is NaN/,
    },
    { name: 'Infinity', code: run('return Infinity'), outcome: 'wrong-type', message: /finite/ },
    { name: 'a Map', code: run('return new Map([[1, 2]])'), outcome: 'wrong-type', message: /a Map.*fromEntries/ },
    { name: 'a Date', code: run('return new Date(0)'), outcome: 'wrong-type', message: /toISOString/ },
    {
      name: 'a hole',
      code: run('return [1, , 3]'),
      outcome: 'wrong-type',
      message: /the result\[1\] is undefined/,
    },
    {
      name: 'a cycle',
      code: run('const a = {}; a.a = a; return a'),
      outcome: 'wrong-type',
      message: /refers to itself/,
    },
    {
      name: 'a promise from a synchronous function',
      code: runAsync('return 1'),
      outcome: 'wrong-type',
      message: /remove async/,
    },
    { name: 'minus zero', code: run('return -0'), outcome: 'ok', value: 0 },
    { name: 'nothing', code: run(''), outcome: 'ok', value: undefined },
    { name: 'an empty file', code: '', outcome: 'wrong-type', message: /no default export/ },
    {
      name: 'a default export that is a number',
      code: 'export default 42',
      outcome: 'wrong-type',
      message: /default export is 42/,
    },
    { name: 'a missing function', code: 'export default {}', outcome: 'not-a-function', message: /"run" is missing/ },
    {
      name: 'a function that is a number',
      code: 'export default { run: 7 }',
      outcome: 'not-a-function',
      message: /"run" is 7/,
    },
    {
      name: 'code that is not JavaScript',
      code: 'export default {\n  run( {',
      outcome: 'threw',
      message: /SyntaxError/,
      line: 2,
    },
  ],
}
