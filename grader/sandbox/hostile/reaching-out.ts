/** Looking for the host: there is nothing of it in the guest but one function, which only the prelude has. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

const names =
  "['process', 'require', 'module', 'Buffer', 'fetch', 'XMLHttpRequest', 'WebSocket', 'window', 'self', 'document', 'navigator', 'location', 'localStorage', 'indexedDB', 'caches', 'crypto', 'performance', 'postMessage', 'importScripts', 'Worker', 'setTimeout', 'setInterval', 'queueMicrotask', 'structuredClone', 'Intl', 'WebAssembly', 'Deno', 'Bun', 'bridge', 'emit', 'std', 'os', 'bjson', 'print', 'scriptArgs', 'load', 'loadScript', 'read', 'gc', '__loadScript', 'qjs']"

export const reachingOut: HostileClass = {
  name: 'reaching for the host',
  programs: [
    {
      name: 'looking for the host',
      code: run(`return ${names}.filter((n) => n in globalThis)`),
      outcome: 'ok',
      value: [],
    },
    {
      name: 'what is global, by name',
      code: run(
        "return Reflect.ownKeys(globalThis).filter((k) => typeof k === 'symbol' || !/^(?:[A-Z]\\w*|undefined|NaN|globalThis|eval|parse(?:Int|Float)|is(?:NaN|Finite)|(?:en|de)codeURI(?:Component)?|(?:un)?escape|console)$/.test(k)).map(String)",
      ),
      outcome: 'ok',
      value: ['Symbol(Symbol.toStringTag)'],
    },
    {
      name: 'escaping by constructor.constructor',
      code: run("return typeof (() => {}).constructor.constructor('return this')().process"),
      outcome: 'ok',
      value: 'undefined',
    },
    {
      name: 'escaping by the constructor of an async function',
      code: runAsync("return typeof (await (async () => {}).constructor('return this')()).process"),
      outcome: 'ok',
      value: 'undefined',
      asynchronous: true,
    },
    {
      name: 'escaping by the constructor of a generator',
      code: run("return typeof (function* () {}).constructor('yield this')().next().value.process"),
      outcome: 'ok',
      value: 'undefined',
    },
    {
      name: 'escaping by the constructor of console.log',
      code: run("return console.log.constructor('return Object.keys(this).length + typeof this.process')()"),
      outcome: 'ok',
      value: '0undefined',
    },
    {
      name: 'escaping by the constructor of a host’s method',
      code: runAsync("return typeof host.store.get.constructor('return this')().process"),
      outcome: 'ok',
      value: 'undefined',
      asynchronous: true,
      hostMethods: ['store.get'],
    },
    {
      name: 'escaping by an error that the host refused with',
      code: run("try { null.x } catch (e) { return typeof e.constructor.constructor('return process') } "),
      outcome: 'ok',
      value: 'function',
      why: 'the function can be made; called, it finds no process',
    },
    {
      name: 'the this of a plain function',
      code: run("return [typeof (function () { return this })(), typeof Function('return this')().process]"),
      outcome: 'ok',
      value: ['undefined', 'undefined'],
    },
    { name: 'reading the caller', code: run('return String(arguments.callee.caller)'), outcome: 'threw' },
    {
      name: 'reading the caller from sloppy code',
      code: run(
        "const f = Function('return [typeof arguments.callee.caller, typeof f2()]; function f2() { return f2.caller }'); return f()",
      ),
      outcome: 'ok',
      value: ['undefined', 'undefined'],
    },
    {
      name: 'the functions on the stack',
      code: run(
        "return new Error('x').stack.split('\\n').every((line) => typeof line === 'string') && typeof new Error('x').getFunction",
      ),
      outcome: 'ok',
      value: 'undefined',
    },
    { name: 'a hook on stacks', code: run('Error.prepareStackTrace = () => ({}); return 1'), outcome: 'threw' },
    {
      name: 'a limit on stacks',
      code: run('Error.stackTraceLimit = 1e9; return 1'),
      outcome: 'threw',
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
    {
      name: 'importing the adapter',
      code: runAsync("return typeof (await import('adapter.js'))"),
      outcome: 'threw',
      asynchronous: true,
    },
    {
      name: 'importing oneself',
      code: runAsync("return typeof (await import('main.ts')).default"),
      outcome: 'ok',
      value: 'object',
      asynchronous: true,
      why: 'a module that is loaded already is found by its name: their own is all there is',
    },
    {
      name: 'importing a name that is an object',
      code: runAsync("return await import({ toString() { return 'file:///etc/passwd' } })"),
      outcome: 'threw',
      asynchronous: true,
    },
    {
      name: 'importing in text that is made a function',
      code: runAsync('return await Function("return import(\'os\')")()'),
      outcome: 'threw',
      asynchronous: true,
    },
    {
      name: 'an import before everything',
      code: "import * as std from 'std'\nexport default { run: () => typeof std }",
      outcome: 'threw',
      why: 'the compiler refuses it first; the engine has no loader either',
    },
    {
      name: 'an import of a file',
      code: "import data from '/etc/passwd' with { type: 'json' }\nexport default { run: () => data }",
      outcome: 'threw',
    },
    {
      name: 'import.meta',
      code: run('return Object.keys(import.meta).length'),
      outcome: 'ok',
      value: 0,
    },
    {
      name: 'an await at the top of the module',
      code: 'await 0\nexport default { run: () => 1 }',
      outcome: 'wrong-type',
      why: 'the compiler refuses it first; without it the module is not ready when it is asked for its export',
    },
    {
      name: 'WebAssembly of its own',
      code: run('return new WebAssembly.Memory({ initial: 1 }).buffer.byteLength'),
      outcome: 'threw',
      message: /WebAssembly/,
    },
    {
      name: 'waiting in Atomics',
      code: run('return Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0, 1e9)'),
      outcome: 'threw',
      message: /Atomics/,
    },
    {
      name: 'shared memory that nobody shares',
      code: run(
        'const a = new Int32Array(new SharedArrayBuffer(8)); return [Atomics.add(a, 0, 5), Atomics.notify(a, 0, 1), a[0]]',
      ),
      outcome: 'threw',
      message: /Atomics/,
    },
    { name: 'asking for the date', code: run('return Date.now()'), outcome: 'threw', message: /ctx\.now\(\)/, line: 3 },
    {
      name: 'asking for a new date',
      code: run('return new Date().toISOString()'),
      outcome: 'threw',
      message: /ctx\.now\(\)/,
    },
    {
      name: 'the real Date, by its prototype',
      code: run('return new Date(0).constructor.now()'),
      outcome: 'threw',
      message: /ctx\.now\(\)/,
    },
    {
      name: 'the real Date, by a subclass',
      code: run('class D extends Date {} return new D().getTime()'),
      outcome: 'threw',
      message: /ctx\.now\(\)/,
    },
    {
      name: 'the real Date, by Reflect.construct',
      code: run('return Reflect.construct(Date, [], Object).getTime()'),
      outcome: 'threw',
      message: /ctx\.now\(\)/,
    },
    {
      name: 'the zone and the language of the host',
      code: run(
        'const d = new Date(2026, 0, 1); return [d.getTimezoneOffset(), d.toISOString(), (1234.5).toLocaleString()]',
      ),
      outcome: 'ok',
      value: [0, '2026-01-01T00:00:00.000Z', '1234.5'],
    },
    {
      name: 'asking for chance',
      code: run('return Math.random()'),
      outcome: 'threw',
      message: /ctx\.random\(\)/,
      line: 3,
    },
    { name: 'asking for a timer', code: run('setTimeout(() => {}, 1)'), outcome: 'threw', message: /setTimeout/ },
  ],
}
