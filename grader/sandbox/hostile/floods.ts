/** More output than anybody asked for: results, console lines, messages, stacks and requests are all cut, and say so. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

export const floods: HostileClass = {
  name: 'output floods',
  programs: [
    {
      name: 'ten million characters as the result',
      code: run("return 'x'.repeat(1e7)"),
      outcome: 'output',
      message: /1,000,000 bytes/,
    },
    {
      name: 'twenty thousand small results',
      code: run('return Array.from({ length: 2e4 }, (_, i) => i + "x".repeat(60))'),
      outcome: 'output',
    },
    {
      name: 'a key of ten million characters',
      code: run("return { ['k'.repeat(1e7)]: 1 }"),
      outcome: 'output',
    },
    {
      name: 'characters that JSON writes as six',
      code: run("return '\\u0001'.repeat(5e5)"),
      outcome: 'output',
      why: 'what is written is what counts',
    },
    {
      name: 'numbers that are long when written',
      code: run('return Array.from({ length: 5e4 }, () => -1.2345678901234567e-300)'),
      outcome: 'fuel',
    },
    {
      name: 'a result that shares itself exponentially',
      code: run('let a = []; for (let i = 0; i < 60; i++) a = [a, a]; return a'),
      outcome: 'fuel',
    },
    {
      name: 'a result that is just as large as it may be',
      code: run("return 'x'.repeat(999_990)"),
      outcome: 'ok',
      value: 'x'.repeat(999_990),
    },
    {
      name: 'a flood of console output',
      code: run("for (let i = 0; i < 1e5; i++) console.log('flood'); return 1"),
      outcome: 'ok',
      value: 1,
      why: 'logging too much is no crime: the rest is not shown',
    },
    {
      name: 'a flood of empty lines',
      code: run('for (let i = 0; i < 7e4; i++) console.log(); return 1'),
      outcome: 'ok',
      value: 1,
    },
    {
      name: 'one line of ten million characters',
      code: run("console.log('x'.repeat(1e7)); console.warn('next'); return 1"),
      outcome: 'ok',
      value: 1,
    },
    {
      name: 'a line of a hundred thousand items',
      code: run("console.log(...Array(5e4).fill('item')); return 1"),
      outcome: 'ok',
      value: 1,
    },
    {
      name: 'a flood of errors, each with its stack',
      code: run(
        'for (let i = 0; i < 2000; i++) console.error(new Error("x".repeat(5000)), { i, deep: [[[[[[i]]]]]] }); return 1',
      ),
      outcome: 'ok',
      value: 1,
    },
    {
      name: 'a line whose item never ends',
      code: run('console.log({ get a() { for (;;); } })'),
      outcome: 'fuel',
    },
    {
      name: 'a line whose item logs lines',
      code: run('const o = { get a() { console.log(o); return 1 } }; console.log(o); return 1'),
      outcome: 'stack',
    },
    {
      name: 'a line that refers to itself',
      code: run('const a = {}; a.a = a; a.b = [a, a, a, a, a]; console.log(a); return 1'),
      outcome: 'ok',
      value: 1,
    },
    {
      name: 'a flood after an error',
      code: runAsync(
        "Promise.resolve().then(() => { for (let i = 0; i < 1e4; i++) console.log(i) }); throw new Error('first')",
      ),
      outcome: 'threw',
      asynchronous: true,
      message: /first/,
    },
    {
      name: 'throwing an error with a message of ten megabytes',
      code: run("throw new Error('x'.repeat(1e7))"),
      outcome: 'threw',
      message: /more characters/,
    },
    {
      name: 'throwing an error with a name of ten megabytes',
      code: run("throw Object.assign(new Error('x'), { name: 'N'.repeat(1e7) })"),
      outcome: 'threw',
      message: /^N{100}… \(9999900 more characters\): x$/,
    },
    {
      name: 'throwing an error with a stack of ten megabytes',
      code: run("throw Object.assign(new Error('x'), { stack: 'at f (main.ts:4:1)\\n'.repeat(5e5) })"),
      outcome: 'threw',
      line: 4,
    },
    {
      name: 'throwing a text of ten megabytes',
      code: run("throw 'x'.repeat(1e7)"),
      outcome: 'threw',
      message: /more characters/,
    },
    {
      name: 'arguments of a request that are too large',
      code: runAsync("await host.store.get('x'.repeat(2e6))"),
      outcome: 'threw',
      asynchronous: true,
      hostMethods: ['store.get'],
      message: /RangeError: store\.get: arguments larger than 1000000/,
    },
    {
      name: 'a great many requests at once, each as large as it may be',
      code: runAsync("const big = 'x'.repeat(9e5); for (let i = 0; i < 40; i++) host.store.get(big); return 1"),
      outcome: 'memory',
      asynchronous: true,
      hostMethods: ['store.get'],
      why: 'they wait inside, in the guest’s own memory',
    },
    {
      name: 'a name of a missing function that is long',
      code: "export default { run: 'x'.repeat(1e6) }",
      outcome: 'not-a-function',
      message: /"run" is a string/,
    },
  ],
}
