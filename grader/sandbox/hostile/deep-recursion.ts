/** Calls nested without end. A call may end by QuickJS's own check or by the meter's count of depth: both are `stack`. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

export const deepRecursion: HostileClass = {
  name: 'deep recursion',
  programs: [
    { name: 'plain recursion', code: run('return this.run()'), outcome: 'stack', line: 3, message: /recursion/ },
    {
      name: 'two functions that call each other',
      code: run('const a = (n) => b(n + 1), b = (n) => a(n + 1); return a(0)'),
      outcome: 'stack',
    },
    {
      name: 'recursion that catches its own end',
      code: run('const f = () => { try { f() } finally { f() } }; f()'),
      outcome: 'stack',
    },
    {
      name: 'recursion that answers when it is at its end',
      code: run('const f = (n) => { try { return f(n + 1) } catch { return n > 100 } }; return f(0)'),
      outcome: 'stack',
      why: 'the depth that the meter counts comes before the error of the engine, and nothing catches it',
    },
    { name: 'recursion through map', code: run('const f = () => [1].map(f); f()'), outcome: 'stack' },
    { name: 'recursion through sort', code: run('const f = () => [2, 1].sort(f); f()'), outcome: 'stack' },
    {
      name: 'recursion through replace',
      code: run("const f = () => 'a'.replace(/a/, f); f()"),
      outcome: 'stack',
    },
    {
      name: 'recursion through a getter',
      code: run('const o = { get a() { return o.a } }; return o.a'),
      outcome: 'stack',
    },
    {
      name: 'recursion through toString',
      code: run('const o = { toString() { return `${o}` } }; return String(o)'),
      outcome: 'stack',
    },
    {
      name: 'recursion through valueOf',
      code: run('const o = { valueOf: () => +o }; return +o'),
      outcome: 'stack',
    },
    {
      name: 'recursion through toJSON',
      code: run('const o = { toJSON: () => JSON.stringify(o) }; return JSON.stringify(o)'),
      outcome: 'stack',
    },
    {
      name: 'recursion through a reviver',
      code: run("const f = () => JSON.parse('[1]', f); return f()"),
      outcome: 'stack',
    },
    {
      name: 'recursion through a constructor',
      code: run('class A { b = new A() } return new A()'),
      outcome: 'stack',
    },
    {
      name: 'recursion through Symbol.hasInstance',
      code: run('const o = { [Symbol.hasInstance]: (v) => v instanceof o }; return 1 instanceof o'),
      outcome: 'stack',
    },
    {
      name: 'recursion through an iterator',
      code: run('const o = { *[Symbol.iterator]() { yield* o } }; return [...o]'),
      outcome: 'stack',
    },
    {
      name: 'recursion through Function',
      code: run("const f = Function('f', 'return f(f)'); return f(f)"),
      outcome: 'stack',
    },
    {
      name: 'recursion through Reflect.apply and bind',
      code: run('const f = () => Reflect.apply(f.bind(), null, []); return f()'),
      outcome: 'stack',
    },
    {
      name: 'recursion through a Proxy',
      code: run('const p = new Proxy({}, { get: (t, k, r) => r[k] }); return p.x'),
      outcome: 'stack',
    },
    {
      name: 'a Proxy of a Proxy of a Proxy …',
      code: run('let p = { a: 1 }; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); return p.a'),
      outcome: 'stack',
    },
    {
      name: 'a Proxy that is its own prototype',
      code: run('const p = new Proxy({}, {}); Object.setPrototypeOf(p, p); return p.nothing'),
      outcome: 'stack',
    },
    { name: 'parsing deep JSON', code: run("return JSON.parse('['.repeat(1e5))"), outcome: 'stack' },
    {
      name: 'writing deep JSON',
      code: run('let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return JSON.stringify(a).length'),
      outcome: 'stack',
    },
    {
      name: 'a deep result',
      code: run('let a = []; for (let i = 0; i < 1e5; i++) a = { a }; return a'),
      outcome: 'wrong-type',
      message: /128 levels/,
    },
    {
      name: 'flattening a deep array',
      code: run('let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a.flat(Infinity)'),
      outcome: 'stack',
    },
    {
      name: 'joining a deep array',
      code: run('let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return String(a)'),
      outcome: 'stack',
    },
    {
      name: 'a deep chain of bound functions',
      code: run('let f = () => 0; for (let i = 0; i < 2e3; i++) f = f.bind(); return f()'),
      outcome: 'stack',
    },
    {
      name: 'a deep chain that is let go of at once',
      code: run('let a = {}; for (let i = 0; i < 2e5; i++) a = { a }; a = null; return 1'),
      outcome: 'ok',
      value: 1,
      why: 'QuickJS frees with a list, not by calling itself',
    },
    {
      name: 'a regular expression nested deeply',
      code: run("return new RegExp('('.repeat(1e5) + ')'.repeat(1e5)).source.length"),
      outcome: 'threw',
      message: /SyntaxError/,
    },
    {
      name: 'code nested deeply, made at run time',
      code: run("return Function('return ' + '['.repeat(1e5))()"),
      outcome: 'stack',
    },
    {
      name: 'a sum of fifty thousand terms, made at run time',
      code: run("return Function('return 0' + '+1'.repeat(5e4))()"),
      outcome: 'ok',
      value: 50_000,
    },
    {
      name: 'an async function that awaits itself',
      code: runAsync('const f = async () => { await f() }; await f()'),
      outcome: 'stack',
      asynchronous: true,
    },
    {
      name: 'a chain of a hundred thousand thens',
      code: runAsync('let p = Promise.resolve(0); for (let i = 0; i < 3e4; i++) p = p.then((n) => n + 1); return p'),
      outcome: 'ok',
      value: 30_000,
      asynchronous: true,
      why: 'jobs are a queue and need no stack',
    },
    {
      name: 'a promise that resolves with a promise that resolves …',
      code: runAsync(
        'let p = Promise.resolve(7); for (let i = 0; i < 1e4; i++) { const q = p; p = new Promise((go) => go(q)) } return p',
      ),
      outcome: 'ok',
      value: 7,
      asynchronous: true,
    },
    {
      name: 'generators that delegate ten thousand deep',
      code: run('function* g(n) { if (n > 0) yield* g(n - 1); else yield 1 } return [...g(1e4)]'),
      outcome: 'stack',
    },
    {
      name: 'two generators that feed each other',
      code: run(
        'function* a() { yield* b() } function* b() { yield 1; yield* a() } let n = 0; for (const x of a()) n += x; return n',
      ),
      outcome: 'stack',
    },
  ],
}
