/**
 * Code that wants to know whether it is being graded, or which run it is in. Nothing in a guest differs between two runs but
 * what goes in: it cannot remember an earlier run, nor see its budget, its seed or its host.
 */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

export const detecting: HostileClass = {
  name: 'detecting the grader',
  programs: [
    {
      name: 'a counter of calls',
      code: 'let calls = 0\nexport default { run: () => ++calls }',
      outcome: 'ok',
      value: 1,
      why: 'each run is a fresh guest, so it is always the first call',
    },
    {
      name: 'a counter in a global',
      code: run('try { globalThis.calls = (globalThis.calls ?? 0) + 1 } catch {} return typeof globalThis.calls'),
      outcome: 'ok',
      value: 'undefined',
    },
    {
      name: 'a counter in the registry of Symbols',
      code: run(
        "const before = Symbol.keyFor(Symbol.for('seen')); return [before, Object.getOwnPropertySymbols(Symbol.for('seen').constructor).length > 0]",
      ),
      outcome: 'ok',
      value: ['seen', false],
    },
    {
      name: 'a mark on a function that everybody has',
      code: run("try { console.log.seen = 1 } catch {} return console.log.seen === undefined ? 'clean' : 'marked'"),
      outcome: 'ok',
      value: 'clean',
    },
    {
      name: 'the console, replaced by one that remembers',
      code: run("try { console.log = () => {} } catch (e) { return e.name } return 'replaced'"),
      outcome: 'ok',
      value: 'TypeError',
    },
    {
      name: 'the text of our functions',
      code: run(
        "return [String(console.log), String(Date), Function.prototype.toString.call(Math.random)].every((text) => typeof text === 'string' && !/bridge|verdict|seed/.test(text))",
      ),
      outcome: 'ok',
      value: true,
      why: 'their text may be read; it says nothing of checks',
    },
    {
      name: 'the stack of who called',
      code: run("return new Error().stack.split('\\n').some((line) => /check|seed|trial|file:|node:|http/.test(line))"),
      outcome: 'ok',
      value: false,
    },
    {
      name: 'the size of the stack',
      code: run(
        'let depth = 0; const f = () => { depth++; f() }; try { f() } catch {} return depth > 50 && depth < 5000',
      ),
      outcome: 'stack',
      why: 'the end of the depth runs no catch',
    },
    {
      name: 'the depth that a built-in has left',
      code: run(
        'let deepest = 0; const f = (n) => { deepest = n; return [1].map(() => f(n + 1)) }; try { f(0) } catch {} return deepest > 10',
      ),
      outcome: 'stack',
    },
    {
      name: 'time, by what the date says',
      code: run(
        "const tell = () => { try { return new Date().getTime() } catch { return 'none' } }; return [tell(), typeof performance]",
      ),
      outcome: 'ok',
      value: ['none', 'undefined'],
    },
    {
      name: 'time, by counting until something changes',
      code: run(
        'const a = new Int32Array(new SharedArrayBuffer(4)); let n = 0; while (a[0] === 0 && n < 1e5) n++; return n',
      ),
      outcome: 'ok',
      value: 100_000,
    },
    {
      name: 'time, by a promise that should come first',
      code: runAsync(
        "return Promise.race([new Promise((go) => { let n = 1e5; while (n--); go('a') }), Promise.resolve('b')])",
      ),
      outcome: 'ok',
      value: 'a',
      asynchronous: true,
    },
    {
      name: 'memory, by what is collected',
      code: run(
        'let o = {}; const w = new WeakRef(o); o = null; for (let i = 0; i < 1e4; i++) ({}); return w.deref() === undefined',
      ),
      outcome: 'ok',
      value: true,
      why: 'QuickJS counts references: it is gone at once, and in every run',
    },
    {
      name: 'memory, by a finalizer',
      code: runAsync(
        'let seen = 0; const r = new FinalizationRegistry(() => seen++); for (let i = 0; i < 100; i++) r.register({}, i); await 0; await 0; return seen',
      ),
      outcome: 'ok',
      value: 0,
      asynchronous: true,
      why: 'this engine runs no finalizers before its end, and it is dropped before that',
    },
    {
      name: 'the order in which names come',
      code: run("return Object.keys({ b: 1, 2: 1, a: 1, 1: 1 }).concat([...new Set(['z', 'y'])])"),
      outcome: 'ok',
      value: ['1', '2', 'b', 'a', 'z', 'y'],
    },
    {
      name: 'the mathematics of the host',
      code: run(
        'return [Math.sin(1e22), Math.pow(1.0000001, 1e7), Math.exp(1), Math.atan2(1, 3), 0.1 ** 10].map(String)',
      ),
      outcome: 'ok',
      value: [
        '-0.8522008497671888',
        '2.7182816941320818',
        '2.718281828459045',
        '0.3217505543966422',
        '1.0000000000000006e-10',
      ],
      why: 'QuickJS brings its own, compiled into the module',
    },
    {
      name: 'the bits of a NaN',
      code: run(
        'const d = new DataView(new ArrayBuffer(8)); d.setFloat64(0, 0 / 0); return [d.getUint32(0).toString(16), d.getUint32(4)]',
      ),
      outcome: 'ok',
      value: ['7ff80000', 0],
      why: 'WebAssembly leaves the sign of a NaN to the machine; QuickJS writes the one that it has',
    },
    {
      name: 'the bits of a NaN, kept on their way',
      code: run(`const f = new Float64Array(1), u = new Uint32Array(f.buffer)
    u[0] = 1234; u[1] = 0xfff80000; const copy = f[0] + 0; f[0] = copy; return [u[0] === 1234 || u[0] === 0, Number.isNaN(copy)]`),
      outcome: 'ok',
      value: [true, true],
    },
    {
      name: 'random numbers out of fresh memory',
      code: run('return new Uint8Array(1e5).every((byte) => byte === 0)'),
      outcome: 'ok',
      value: true,
    },
    {
      name: 'a hash of addresses',
      code: run(
        'const m = new Map(); const keys = [{}, [], () => 1, Symbol("a")]; for (const k of keys) m.set(k, 1); return [...m.keys()].every((k, i) => k === keys[i])',
      ),
      outcome: 'ok',
      value: true,
    },
    {
      name: 'the budget, by spending it',
      code: run('let n = 0; try { for (;;) n++ } catch { return n } finally { if (n > 0) return n }'),
      outcome: 'fuel',
      why: 'the end of a budget runs no catch and no finally',
    },
    {
      name: 'the limit of the memory, by asking for it',
      code: run(
        'let n = 0; const a = []; try { for (;;) { a.push(new Uint8Array(1e5)); n++ } } catch { return n } finally { return n }',
      ),
      outcome: 'memory',
    },
    {
      name: 'what a run before has left in the arguments',
      code: 'export default { run: (...given) => [given.length, Object.isFrozen(given)] }',
      outcome: 'ok',
      value: [0, false],
    },
  ],
}
