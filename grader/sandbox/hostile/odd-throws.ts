/** What is thrown may be anything. Describing it must neither throw nor run for ever. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

export const oddThrows: HostileClass = {
  name: 'things thrown',
  programs: [
    { name: 'throwing null', code: run('throw null'), outcome: 'threw', message: /threw null/ },
    { name: 'throwing undefined', code: run('throw undefined'), outcome: 'threw', message: /threw undefined/ },
    { name: 'throwing a string', code: run("throw 'bad'"), outcome: 'threw', message: /threw "bad"/ },
    { name: 'throwing a Symbol', code: run("throw Symbol('s')"), outcome: 'threw', message: /Symbol\(s\)/ },
    {
      name: 'throwing a Proxy',
      code: run('throw new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 }, getPrototypeOf() { throw 3 } })'),
      outcome: 'threw',
      message: /cannot be shown/,
    },
    {
      name: 'throwing an error whose message throws',
      code: run("throw Object.defineProperty(new Error('x'), 'message', { get() { throw 1 } })"),
      outcome: 'threw',
      message: /cannot be read/,
    },
    {
      name: 'throwing an error whose message never ends',
      code: run("throw Object.defineProperty(new Error('x'), 'message', { get() { for (;;); } })"),
      outcome: 'fuel',
    },
    {
      name: 'throwing an error whose message eats memory',
      code: run(
        "throw Object.defineProperty(new Error('x'), 'message', { get() { const a = []; for (;;) a.push([]) } })",
      ),
      outcome: 'memory',
    },
    {
      name: 'throwing an error whose stack is a getter that throws errors',
      code: run("const e = new Error('x'); Object.defineProperty(e, 'stack', { get() { throw e } }); throw e"),
      outcome: 'threw',
      message: /^Error: x$/,
    },
    {
      name: 'throwing a function',
      code: run('throw function named() {}'),
      outcome: 'threw',
      message: /\[function named\]/,
    },
    {
      name: 'throwing a revoked Proxy',
      code: run('const { proxy, revoke } = Proxy.revocable(class {}, {}); revoke(); throw proxy'),
      outcome: 'threw',
    },
    {
      name: 'throwing what claims to be an Error',
      code: run('throw Object.setPrototypeOf({ name: 7, message: {}, stack: [] }, Error.prototype)'),
      outcome: 'threw',
      message: /cannot be read/,
    },
    {
      name: 'throwing an AggregateError of itself',
      code: run("const e = new AggregateError([], 'all'); e.errors.push(e); e.cause = e; throw e"),
      outcome: 'threw',
      message: /^AggregateError: all$/,
    },
    {
      name: 'throwing from the top of the module',
      code: "throw new Error('early')\nexport default {}",
      outcome: 'threw',
      message: /early/,
      line: 1,
    },
    {
      name: 'throwing something odd from the top of the module',
      code: 'throw new Proxy({}, { get() { for (;;); } })\nexport default {}',
      outcome: 'threw',
      message: /threw \{\}/,
      why: 'it has no keys, so nothing of it is read',
    },
    {
      name: 'rejecting with a hostile thing',
      code: runAsync('throw new Proxy(() => {}, { get() { throw 1 } })'),
      outcome: 'threw',
      asynchronous: true,
    },
    {
      name: 'rejecting with a promise that rejects',
      code: runAsync("throw Promise.reject(new Error('inner'))"),
      outcome: 'threw',
      asynchronous: true,
      message: /Promise \{\}/,
    },
    {
      name: 'throwing while something is thrown',
      code: run("try { throw new Error('first') } finally { throw new Error('second') }"),
      outcome: 'threw',
      message: /second/,
    },
    {
      name: 'a rejection that nobody handles',
      code: run("Promise.reject(new Error('lost')); return 1"),
      outcome: 'ok',
      value: 1,
    },
  ],
}
