/**
 * Programs that try to get away: each is a whole submission, and the outcome that it must have. Used by the tests, and by
 * `fuel-table.ts` to compare hosts. `run` is called once with no arguments; where it is `async`, it is begun as a task.
 */
import type { FailureKind, Limits } from './sandbox.ts'

export interface HostileProgram {
  name: string
  code: string
  /** `ok` where the program does no harm and simply has a result. */
  outcome: FailureKind | 'ok'
  value?: unknown
  /** What the message must say. */
  message?: RegExp
  /** The learner's line that must be named. */
  line?: number
  asynchronous?: boolean
  limits?: Partial<Limits>
}

const run = (body: string) => `export default {\n  run() {\n    ${body}\n  },\n}\n`
const runAsync = (body: string) => `export default {\n  async run() {\n    ${body}\n  },\n}\n`

const endless: HostileProgram[] = [
  {
    name: 'an endless loop',
    code: run('let n = Math.min(0); for (;;) n = Math.max(n, 1)'),
    outcome: 'fuel',
    line: 3,
    message: /never ends/,
  },
  {
    name: 'an endless loop at the top of the module',
    code: 'for (;;) {}\nexport default {}',
    outcome: 'fuel',
    line: 1,
  },
  {
    name: 'an endless loop in a constructor',
    code: run('new (class { constructor() { for (;;); } })()'),
    outcome: 'fuel',
  },
  { name: 'an endless loop in a getter of the result', code: run('return { get a() { for (;;); } }'), outcome: 'fuel' },
  { name: 'an endless loop in toString', code: run('return `${{ toString() { for (;;); } }}`'), outcome: 'fuel' },
  {
    name: 'an endless loop in a sort comparison',
    code: run('return [3, 1, 2].sort(() => { for (;;); })'),
    outcome: 'fuel',
  },
  {
    name: 'an endless loop in a Proxy trap',
    code: run('return new Proxy({}, { ownKeys() { for (;;); } })'),
    outcome: 'fuel',
  },
  {
    name: 'a loop that swallows every error',
    code: run('for (;;) try { for (;;); } catch {} finally { continue }'),
    outcome: 'fuel',
  },
  {
    name: 'a generator that never ends',
    code: run('return [...(function* () { for (;;) yield; })()].length'),
    outcome: 'memory',
  },
  {
    name: 'a getter that loops on the default export',
    code: 'export default { get run() { for (;;); } }',
    outcome: 'fuel',
  },
  { name: 'an evil regular expression', code: run("return /^(a+)+$/.test('a'.repeat(40) + 'b')"), outcome: 'fuel' },
  {
    name: 'indexOf over 2^53 - 1 places',
    code: run('Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 0)'),
    outcome: 'fuel',
    line: 3,
  },
  {
    name: 'includes over 2^53 - 1 places',
    code: run('Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 0)'),
    outcome: 'fuel',
  },
  {
    name: 'reverse over 2^53 - 1 places',
    code: run('Array.prototype.reverse.call({ length: 2 ** 53 - 1 })'),
    outcome: 'fuel',
  },
  { name: 'every over 2^32 - 1 holes', code: run('new Array(2 ** 32 - 1).every((x) => x)'), outcome: 'fuel' },
  {
    name: 'lastIndexOf over a long hole',
    code: run('const a = [1]; a.length = 2 ** 32 - 1; a.lastIndexOf(2)'),
    outcome: 'fuel',
  },
  {
    name: 'a huge BigInt in decimal',
    code: run('return (1n << 1000000n).toString().length'),
    outcome: 'fuel',
    limits: { fuelPerCall: 5_000_000 },
  },
  {
    name: 'a long chain of prototypes',
    code: run('let p = {}; for (;;) { p = Object.create(p); p.nothing }'),
    outcome: 'fuel',
  },
  {
    name: 'sorting a great many numbers',
    code: run('const a = []; for (let i = 0; i < 4e5; i++) a.push((i * 7919) % 1e5); return a.sort()'),
    outcome: 'fuel',
  },
]

const endlessAsync: HostileProgram[] = [
  {
    name: 'a chain of awaits that never ends',
    code: runAsync('for (;;) await 0'),
    outcome: 'fuel',
    asynchronous: true,
  },
  {
    name: 'a loop after an await',
    code: runAsync('await Math.min(0); for (let n = 0; ; ) n = Math.max(n, 1)'),
    outcome: 'fuel',
    line: 3,
    asynchronous: true,
  },
  {
    name: 'a loop after an await, inside a catch',
    code: runAsync('try { await 0; for (;;); } catch { return 1 }'),
    outcome: 'fuel',
    asynchronous: true,
  },
  {
    name: 'two promises that feed each other',
    code: runAsync('const f = () => Promise.resolve().then(f); await f()'),
    outcome: 'fuel',
    asynchronous: true,
  },
  {
    name: 'a thenable that thens itself',
    code: runAsync('const t = { then(go) { go(t) } }; await t'),
    outcome: 'fuel',
    asynchronous: true,
  },
  {
    name: 'a floating chain of microtasks',
    code: run('const f = () => Promise.resolve().then(f); f(); return 1'),
    outcome: 'fuel',
  },
  {
    name: 'a promise that nobody resolves',
    code: runAsync('await new Promise(() => {})'),
    outcome: 'deadlock',
    asynchronous: true,
    message: /never comes/,
  },
]

const greedy: HostileProgram[] = [
  {
    name: 'an array that grows for ever',
    code: run('const a = []; for (;;) a.push(new Array(1000).fill(7))'),
    outcome: 'memory',
    line: 3,
    message: /32 MiB/,
  },
  {
    name: 'a string that doubles for ever',
    code: run("let s = 'x'; for (;;) s = s + s + 'y'.repeat(s.length)"),
    outcome: 'memory',
  },
  {
    name: 'a Map that grows for ever',
    code: run('const m = new Map(); for (let i = 0; ; i++) m.set(i, {})'),
    outcome: 'memory',
  },
  { name: 'many typed arrays', code: run('const a = []; for (;;) a.push(new Uint8Array(1e6))'), outcome: 'memory' },
  { name: 'one huge typed array', code: run('return new Uint8Array(2 ** 30).length'), outcome: 'memory' },
  {
    name: 'memory that is caught and asked for again',
    code: run('const a = []; for (;;) try { a.push(new Uint8Array(1e6)) } catch {}'),
    outcome: 'memory',
  },
  { name: 'a closure chain', code: run('let f = () => 0; for (;;) { const g = f; f = () => g }'), outcome: 'memory' },
  { name: 'plain recursion', code: run('return this.run()'), outcome: 'stack', line: 3, message: /recursion/ },
  {
    name: 'recursion that catches its own end',
    code: run('const f = () => { try { f() } finally { f() } }; f()'),
    outcome: 'stack',
  },
  { name: 'recursion through map', code: run('const f = () => [1].map(f); f()'), outcome: 'stack' },
  {
    name: 'recursion through toString',
    code: run('const o = { toString() { return `${o}` } }; return String(o)'),
    outcome: 'stack',
  },
  {
    name: 'recursion through a Proxy',
    code: run('const p = new Proxy({}, { get: (t, k, r) => r[k] }); return p.x'),
    outcome: 'stack',
  },
  { name: 'parsing deep JSON', code: run("return JSON.parse('['.repeat(1e5))"), outcome: 'stack' },
  {
    name: 'flattening a deep array',
    code: run('let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a.flat(Infinity)'),
    outcome: 'stack',
  },
  {
    name: 'a deep chain of bound functions',
    code: run('let f = () => 0; for (let i = 0; i < 2e3; i++) f = f.bind(); return f()'),
    outcome: 'stack',
  },
  {
    name: 'a regular expression nested deeply',
    code: run("return new RegExp('('.repeat(1e5) + ')'.repeat(1e5)).source.length"),
    outcome: 'threw',
    message: /SyntaxError/,
  },
  {
    name: 'ten million characters as the result',
    code: run("return 'x'.repeat(1e7)"),
    outcome: 'output',
    message: /1,000,000 bytes/,
  },
  {
    name: 'a result that shares itself exponentially',
    code: run('let a = []; for (let i = 0; i < 60; i++) a = [a, a]; return a'),
    outcome: 'fuel',
  },
  {
    name: 'a flood of console output',
    code: run("for (let i = 0; i < 1e5; i++) console.log('flood'); return 1"),
    outcome: 'ok',
    value: 1,
  },
]

const forged: HostileProgram[] = [
  {
    name: 'patching the iterators that every spread uses',
    code: run('Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })'),
    outcome: 'threw',
  },
  {
    name: 'patching the prototypes that no global names',
    code: run(`const hidden = [function* () {}, async function* () {}, async () => {}, new Map().keys(), ''[Symbol.iterator]()]
    return hidden.map((item) => Object.isFrozen(Object.getPrototypeOf(item)) && Object.isFrozen(Object.getPrototypeOf(item).constructor))`),
    outcome: 'ok',
    value: [true, true, true, true, true],
  },
  {
    name: 'a then of its own on every promise',
    code: runAsync('Promise.prototype.then = function (go) { go({ ok: true }) }'),
    outcome: 'threw',
    asynchronous: true,
  },
  {
    name: 'a promise that speaks for itself',
    code: run(
      `return Object.defineProperty(Promise.resolve(1), 'then', { value: (go) => { go(2); go(3); throw new Error('x') } })`,
    ),
    outcome: 'ok',
    value: 2,
    asynchronous: true,
  },
  {
    name: 'an array whose methods are its own',
    code: run(`const a = [1, 2]
    for (const key of ['map', 'push', 'toJSON', Symbol.iterator]) Object.defineProperty(a, key, { value: () => 'forged' })
    return a`),
    outcome: 'ok',
    value: [1, 2],
  },
  {
    name: 'patching Array.prototype',
    code: run("'use strict'; Array.prototype.push = () => 0"),
    outcome: 'threw',
    message: /read-only/,
  },
  {
    name: 'patching Object.prototype',
    code: run('Object.prototype.toJSON = () => 42'),
    outcome: 'threw',
    message: /not extensible/,
  },
  {
    name: 'defining on Object.prototype',
    code: run("Object.defineProperty(Object.prototype, 'ok', { value: true })"),
    outcome: 'threw',
  },
  { name: 'patching JSON', code: run('JSON.stringify = () => \'{"ok":true}\'; return 1'), outcome: 'threw' },
  {
    name: 'patching through sloppy code',
    code: run("Function('JSON.stringify = () => 0; Array.prototype.map = 1; leak = 2')(); return [1].map((x) => x)"),
    outcome: 'ok',
    value: [1],
  },
  { name: 'patching through __proto__', code: run('({}).__proto__.polluted = 1'), outcome: 'threw' },
  { name: 'a new global', code: run('globalThis.bridge = 1'), outcome: 'threw' },
  { name: 'replacing a global', code: run('globalThis.Promise = null'), outcome: 'threw' },
  {
    name: 'changing the prototype of a built-in',
    code: run('Object.setPrototypeOf(Array.prototype, null)'),
    outcome: 'threw',
  },
  {
    name: 'escaping by constructor.constructor',
    code: run("return typeof (() => {}).constructor.constructor('return this')().process"),
    outcome: 'ok',
    value: 'undefined',
  },
  {
    name: 'looking for the host',
    code: run(
      "return ['process', 'require', 'fetch', 'window', 'self', 'postMessage', 'setTimeout', 'bridge', 'emit', 'std', 'os', 'print'].filter((n) => n in globalThis)",
    ),
    outcome: 'ok',
    value: [],
  },
  {
    name: 'importing at run time',
    code: runAsync("return typeof (await import('std'))"),
    outcome: 'threw',
    asynchronous: true,
  },
  {
    name: 'importing the prelude',
    code: runAsync("return typeof (await import('prelude.js'))"),
    outcome: 'threw',
    asynchronous: true,
  },
  { name: 'reading the caller', code: run('return String(arguments.callee.caller)'), outcome: 'threw' },
  {
    name: 'a forged verdict as the result',
    code: run("return { ok: true, kind: 'pass', verdict: { status: 'pass' } }"),
    outcome: 'ok',
    value: { ok: true, kind: 'pass', verdict: { status: 'pass' } },
  },
  { name: 'a forged failure', code: run("throw { ok: true, kind: 'engine', value: 1 }"), outcome: 'threw' },
  { name: 'a forged interrupt', code: run("throw new InternalError('interrupted')"), outcome: 'threw' },
  { name: 'a hook on stacks', code: run('Error.prepareStackTrace = () => ({}); return 1'), outcome: 'threw' },
  {
    name: 'JSON that breaks out of its string',
    code: run('return \'"},"ok":false,"x":{"\''),
    outcome: 'ok',
    value: '"},"ok":false,"x":{"',
  },
  { name: 'a path through the prototype', code: 'export default { __proto__: { run: 1 } }', outcome: 'not-a-function' },
]

const oddResults: HostileProgram[] = [
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
  { name: 'a cycle', code: run('const a = {}; a.a = a; return a'), outcome: 'wrong-type', message: /refers to itself/ },
  {
    name: 'a promise from a synchronous function',
    code: runAsync('return 1'),
    outcome: 'wrong-type',
    message: /remove async/,
  },
  {
    name: 'a thenable whose then throws',
    code: run("return { get then() { throw new Error('no') } }"),
    outcome: 'threw',
    message: /no/,
  },
  {
    name: 'toJSON does not speak for its object',
    code: run('return new (class { a = 1; toJSON() { return 42 } })()'),
    outcome: 'ok',
    value: { a: 1 },
  },
  { name: 'toJSON of its own is a function', code: run('return { toJSON() { return 42 } }'), outcome: 'wrong-type' },
  {
    name: 'a getter is read once',
    code: run('let n = 0; return { get a() { return ++n } }'),
    outcome: 'ok',
    value: { a: 1 },
  },
  {
    name: 'a Proxy that lies',
    code: run("let n = 0; return new Proxy({ a: 1 }, { get: (t, k) => (k === 'a' ? (n++ ? () => 1 : 1) : t[k]) })"),
    outcome: 'ok',
    value: { a: 1 },
  },
  {
    name: 'an own __proto__',
    code: run('return JSON.parse(\'{"__proto__":{"x":1}}\')'),
    outcome: 'ok',
    value: JSON.parse('{"__proto__":{"x":1}}') as unknown,
  },
  {
    name: 'a lone surrogate and a NUL',
    code: run("return '\\ud800\\u0000é😀'"),
    outcome: 'ok',
    value: '\ud800\u0000é😀',
  },
  { name: 'minus zero', code: run('return -0'), outcome: 'ok', value: 0 },
  { name: 'nothing', code: run(''), outcome: 'ok', value: undefined },
  {
    name: 'a revoked Proxy',
    code: run('const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy'),
    outcome: 'threw',
  },
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
]

const thrownOddities: HostileProgram[] = [
  { name: 'throwing null', code: run('throw null'), outcome: 'threw', message: /threw null/ },
  { name: 'throwing undefined', code: run('throw undefined'), outcome: 'threw', message: /threw undefined/ },
  { name: 'throwing a string', code: run("throw 'bad'"), outcome: 'threw', message: /threw "bad"/ },
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
    name: 'throwing an error with a message of ten megabytes',
    code: run("throw new Error('x'.repeat(1e7))"),
    outcome: 'threw',
    message: /more characters/,
  },
  {
    name: 'throwing an error whose stack is an object',
    code: run("throw Object.assign(new Error('x'), { stack: {} })"),
    outcome: 'threw',
    message: /^Error: x$/,
  },
  {
    name: 'throwing a revoked Proxy',
    code: run('const { proxy, revoke } = Proxy.revocable(class {}, {}); revoke(); throw proxy'),
    outcome: 'threw',
  },
  {
    name: 'throwing from the top of the module',
    code: "throw new Error('early')\nexport default {}",
    outcome: 'threw',
    message: /early/,
    line: 1,
  },
  {
    name: 'rejecting with a hostile thing',
    code: runAsync('throw new Proxy(() => {}, { get() { throw 1 } })'),
    outcome: 'threw',
    asynchronous: true,
  },
  { name: 'asking for the date', code: run('return Date.now()'), outcome: 'threw', message: /ctx\.now\(\)/, line: 3 },
  {
    name: 'asking for a new date',
    code: run('return new Date().toISOString()'),
    outcome: 'threw',
    message: /ctx\.now\(\)/,
  },
  {
    name: 'asking for chance',
    code: run('return Math.random()'),
    outcome: 'threw',
    message: /ctx\.random\(\)/,
    line: 3,
  },
  { name: 'asking for a timer', code: run('setTimeout(() => {}, 1)'), outcome: 'threw', message: /setTimeout/ },
]

export const hostilePrograms: readonly HostileProgram[] = [
  ...endless,
  ...endlessAsync,
  ...greedy,
  ...forged,
  ...oddResults,
  ...thrownOddities,
]
