/** Code of the learner's own that never ends, wherever the language lets code run: fuel is counted there as anywhere. */
import { run } from './program.ts'
import type { HostileClass } from './program.ts'

export const endlessLoops: HostileClass = {
  name: 'endless loops',
  programs: [
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
    {
      name: 'an endless loop in the constructor of the default export',
      code: 'export default class { constructor() { for (;;); } run() {} }',
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in a static block',
      code: 'export default class { static { for (;;); } }',
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in a field of a class',
      code: run('return new (class { a = (() => { for (;;); })() })().a'),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in the default of a parameter',
      code: run('const f = (a = (() => { for (;;); })()) => a; return f()'),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in a computed name',
      code: run('return { [(() => { for (;;); })()]: 1 }'),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in a getter of the result',
      code: run('return { get a() { for (;;); } }'),
      outcome: 'fuel',
    },
    { name: 'an endless loop in a setter', code: run('({ set a(v) { for (;;); } }).a = 1'), outcome: 'fuel' },
    { name: 'an endless loop in toString', code: run('return `${{ toString() { for (;;); } }}`'), outcome: 'fuel' },
    { name: 'an endless loop in valueOf', code: run('return 1 + { valueOf() { for (;;); } }'), outcome: 'fuel' },
    {
      name: 'an endless loop in Symbol.toPrimitive',
      code: run('return [{ [Symbol.toPrimitive]() { for (;;); } } * 2]'),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in toJSON',
      code: run('return JSON.stringify({ toJSON() { for (;;); } })'),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in a reviver of JSON.parse',
      code: run("return JSON.parse('[1]', () => { for (;;); })"),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in Symbol.hasInstance',
      code: run('return {} instanceof { [Symbol.hasInstance]() { for (;;); } }'),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in a tag of a template',
      code: run('const tag = () => { for (;;); }; return tag`a${1}b`'),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in a sort comparison',
      code: run('return [3, 1, 2].sort(() => { for (;;); })'),
      outcome: 'fuel',
    },
    {
      name: 'a comparison that changes what is sorted',
      code: run('const a = [...Array(500).keys()]; for (;;) a.sort(() => (a.reverse(), -1))'),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in a replacer of text',
      code: run("return 'aaa'.replace(/a/g, () => { for (;;); })"),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in a Proxy trap',
      code: run('return new Proxy({}, { ownKeys() { for (;;); } })'),
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in the trap of an apply',
      code: 'export default { run: new Proxy(() => 1, { apply() { for (;;); } }) }',
      outcome: 'fuel',
    },
    {
      name: 'an endless loop in an iterator’s return',
      code: run('for (const a of { [Symbol.iterator]: () => ({ next: () => ({}), return() { for (;;); } }) }) break'),
      outcome: 'fuel',
    },
    {
      name: 'an iterator that is never done, read by Promise.all',
      code: run('Promise.all({ [Symbol.iterator]: () => ({ next: () => ({ value: 1 }) }) }).catch(() => {}); return 1'),
      outcome: 'fuel',
    },
    {
      name: 'a loop that swallows every error',
      code: run('for (;;) try { for (;;); } catch {} finally { continue }'),
      outcome: 'fuel',
    },
    {
      name: 'a name that begins itself anew whenever it fails',
      code: run(
        'const f = () => { for (;;) { try { f() } catch { try { f() } catch { continue } } finally { continue } } }; f()',
      ),
      outcome: 'stack',
      why: 'the depth that the meter counts is no error that code could catch',
    },
    {
      name: 'a labelled continue out of finally',
      code: run('again: for (;;) { try { throw 1 } finally { continue again } }'),
      outcome: 'fuel',
    },
    {
      name: 'a generator that never ends',
      code: run('return [...(function* () { for (;;) yield; })()].length'),
      outcome: 'memory',
      why: 'the spread keeps what comes',
    },
    {
      name: 'a generator that refuses to be closed',
      code: run(
        'function* g() { for (;;) try { yield } finally { continue } } for (;;) { const one = g(); one.next(); one.return() }',
      ),
      outcome: 'fuel',
    },
    {
      name: 'a getter that loops on the default export',
      code: 'export default { get run() { for (;;); } }',
      outcome: 'fuel',
    },
    {
      name: 'an endless loop of eval',
      code: run("for (;;) Function('return 1')()"),
      outcome: 'fuel',
    },
    {
      name: 'a getter that asks for itself by another name',
      code: run(
        'const o = { get a() { try { return this.b } catch { return 1 } }, get b() { for (;;) this.c; }, c: 1 }; return o.a',
      ),
      outcome: 'fuel',
    },
    {
      name: 'a loop over an array that grows as it is walked',
      code: run('const a = [1]; for (const x of a) a.push(x, x)'),
      outcome: 'memory',
    },
    {
      name: 'a loop over a Map that puts back what it takes',
      code: run('const m = new Map([[1, 1]]); for (const [k] of m) { m.delete(k); m.set(k, 1) }'),
      outcome: 'fuel',
    },
  ],
}
