/** What is known to abort, trap or corrupt engines: freed buffers, re-entrancy, weak things, the parser under stress. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

export const vmAborts: HostileClass = {
  name: 'VM aborts',
  programs: [
    {
      name: 'a generator that runs itself',
      code: run('const g = (function* () { g.next() })(); g.next()'),
      outcome: 'threw',
      message: /TypeError/,
    },
    {
      name: 'a generator that is closed from within',
      code: run('const g = (function* () { try { yield 1 } finally { g.return(2) } })(); g.next(); g.return()'),
      outcome: 'threw',
      message: /TypeError/,
    },
    {
      name: 'an async generator that is asked a thousand times at once',
      code: runAsync(
        'const g = (async function* () { for (;;) yield 1 })(); const all = await Promise.all(Array.from({ length: 1000 }, () => g.next())); return all.length',
      ),
      outcome: 'ok',
      value: 1000,
      asynchronous: true,
    },
    {
      name: 'a buffer detached while it is filled',
      code: run(
        'const b = new ArrayBuffer(64), a = new Uint8Array(b); a.fill({ valueOf() { b.transfer(); return 7 } }); return a.length',
      ),
      outcome: 'threw',
      message: /detached/,
    },
    {
      name: 'a buffer detached while it is sorted',
      code: run(
        'const b = new ArrayBuffer(64), a = new Uint8Array(b).map((_, i) => 64 - i); const c = a.buffer; a.sort((x, y) => (c.detached || c.transfer(), x - y)); return a.length',
      ),
      outcome: 'ok',
      value: 0,
    },
    {
      name: 'a buffer that shrinks while it is copied',
      code: run(
        'const b = new ArrayBuffer(4096, { maxByteLength: 8192 }), a = new Uint8Array(b); a.copyWithin(0, { valueOf() { b.resize(16); return 100 } }); return a.length',
      ),
      outcome: 'ok',
      value: 16,
    },
    {
      name: 'a buffer that shrinks while it is sliced',
      code: run(
        'const b = new ArrayBuffer(4096, { maxByteLength: 8192 }); return b.slice({ valueOf() { b.resize(0); return 0 } }, 4096).byteLength',
      ),
      outcome: 'threw',
      message: /TypeError/,
    },
    {
      name: 'a view of a buffer that is gone',
      code: run('const b = new ArrayBuffer(8), v = new DataView(b); b.transfer(); return v.getInt8(0)'),
      outcome: 'threw',
      message: /TypeError/,
    },
    {
      name: 'a view with an index that takes its buffer away',
      code: run(
        'const b = new ArrayBuffer(8), v = new DataView(b); v.setFloat64({ valueOf() { b.transfer(); return 0 } }, 1)',
      ),
      outcome: 'threw',
      message: /TypeError/,
    },
    {
      name: 'typed arrays of odd sizes',
      code: run(
        'return [() => new Uint32Array(new ArrayBuffer(7)), () => new Uint32Array(new ArrayBuffer(8), 1), () => new Uint8Array(-1), () => new Float64Array(2 ** 53)].map((f) => { try { return f().length } catch (e) { return e.name } })',
      ),
      outcome: 'ok',
      value: ['RangeError', 'RangeError', 'RangeError', 'RangeError'],
    },
    {
      name: 'a typed array whose species is smaller than asked for',
      code: run(
        'const a = new Uint8Array(1000); a.constructor = { [Symbol.species]: function () { return new Uint8Array(1) } }; return a.map((x) => x).length',
      ),
      outcome: 'threw',
      message: /TypeError/,
    },
    {
      name: 'an array whose species hands out another’s array',
      code: run(
        'const v = [1, 2, 3], a = [4, 5, 6]; Object.defineProperty(a, "constructor", { value: { [Symbol.species]: function () { return v } } }); a.splice(0, 2); return [a, v]',
      ),
      outcome: 'ok',
      value: [[6], [4, 5]],
    },
    {
      name: 'an array emptied while it is joined',
      code: run(
        "const a = Array(100).fill(0).map((_, i) => ({ toString() { a.length = 0; return 'x' + i } })); return a.join('').length",
      ),
      outcome: 'ok',
      value: 2,
    },
    {
      name: 'an array emptied while it is sorted',
      code: run(
        'const a = Array.from({ length: 1000 }, (_, i) => i); a.sort((x, y) => ((a.length = 0), y - x)); return a.length',
      ),
      outcome: 'ok',
      value: 1000,
    },
    {
      name: 'an array that shrinks under concat, flat and indexOf',
      code: run(
        'const a = [1, 2, 3]; Object.defineProperty(a, 0, { get() { a.length = 1; return 9 } }); return [a.concat(a).length, a.flat().length, a.indexOf(3)]',
      ),
      outcome: 'ok',
      value: [4, 1, -1],
    },
    {
      name: 'a Map that is cleared while it is walked',
      code: run(
        'const m = new Map([[1, 1], [2, 2], [3, 3]]); const seen = []; m.forEach((v, k) => { seen.push(k); m.clear(); if (k < 3) m.set(k + 1, 1) }); return seen',
      ),
      outcome: 'ok',
      value: [1, 2, 3],
    },
    {
      name: 'a Map whose key goes away while it is compared',
      code: run(
        'const m = new Map(); for (let i = 0; i < 1000; i++) m.set({}, i); const i = m.keys(); for (const k of m.keys()) m.delete(k); return [m.size, i.next().done]',
      ),
      outcome: 'ok',
      value: [0, true],
    },
    {
      name: 'weak maps whose keys hold each other',
      code: run(
        'const w = new WeakMap(); for (let i = 0; i < 5000; i++) { const a = {}, b = {}; w.set(a, b); w.set(b, a); a.b = b; b.a = a } return 1',
      ),
      outcome: 'ok',
      value: 1,
    },
    {
      name: 'a finalizer that registers again',
      code: runAsync(
        'let n = 0; const r = new FinalizationRegistry(() => { if (n++ < 1000) r.register({}, 1) }); r.register({}, 1); for (let i = 0; i < 2000; i++) await 0; return n',
      ),
      outcome: 'ok',
      value: 0,
      asynchronous: true,
    },
    {
      name: 'a finalizer that never ends',
      code: run('const r = new FinalizationRegistry(() => { for (;;); }); r.register({}, 1); return 1'),
      outcome: 'ok',
      value: 1,
      why: 'this engine runs no finalizers before its end',
    },
    {
      name: 'a weak reference to itself, in a cycle',
      code: run(
        'for (let i = 0; i < 2e4; i++) { const o = {}; o.w = new WeakRef(o); o.o = o; new WeakMap([[o, o]]) } return 1',
      ),
      outcome: 'ok',
      value: 1,
    },
    {
      name: 'a Proxy whose traps take it away',
      code: run(
        'const { proxy, revoke } = Proxy.revocable(function () {}, { apply() { revoke(); return proxy() } }); return proxy()',
      ),
      outcome: 'threw',
      message: /revoked/,
    },
    {
      name: 'what a revoked Proxy is asked',
      code: run(`const { proxy, revoke } = Proxy.revocable([], {}); revoke()
    return [() => Array.isArray(proxy), () => typeof proxy, () => Object.keys(proxy), () => JSON.stringify(proxy), () => [].concat(proxy), () => proxy instanceof Array].map((f) => { try { return typeof f() } catch (e) { return e.name } })`),
      outcome: 'ok',
      value: ['TypeError', 'string', 'TypeError', 'TypeError', 'TypeError', 'TypeError'],
    },
    {
      name: 'a regular expression with a lastIndex that throws',
      code: run(
        "const r = /a/g; r.lastIndex = { valueOf() { r.compile('b+', 'y'); return 1e9 } }; return [r.test('aaa'), r.source]",
      ),
      outcome: 'ok',
      value: [false, 'b+'],
    },
    {
      name: 'a regular expression that is compiled anew while it runs',
      code: run(
        "const r = /a/g; let n = 0; return ['aaaa'.replace(r, () => { r.compile('a{2}', 'g'); n++; return 'b' }), n]",
      ),
      outcome: 'ok',
      value: ['bbbb', 4],
    },
    {
      name: 'regular expressions that cannot be',
      code: run(
        "return ['(', '[z-a]', '(?<a>.)(?<a>.)', '\\\\', '{1,0}a{2,1}', '(?<=(?<!', '\\\\p{Nothing}', '[\\\\q{'].map((s) => { try { new RegExp(s, 'u'); return 'made' } catch (e) { return e.name } })",
      ),
      outcome: 'ok',
      value: Array.from({ length: 8 }, () => 'SyntaxError'),
    },
    {
      name: 'the stack of the regular expression’s compiler',
      code: run("return new RegExp('(?:'.repeat(2e4) + 'a' + ')'.repeat(2e4)).test('a')"),
      outcome: 'stack',
    },
    {
      name: 'the stack of the regular expression’s machine',
      code: run("return /(?:a|b)*?c/.test('ab'.repeat(300))"),
      outcome: 'ok',
      value: false,
    },
    {
      name: 'the parser under brackets in the module itself',
      code: `export default { run: () => ${'['.repeat(20_000)}${']'.repeat(20_000)} }`,
      outcome: 'stack',
    },
    {
      name: 'the parser under templates in templates',
      code: `export default { run: () => ${'`${'.repeat(5000)}1${'}`'.repeat(5000)} }`,
      outcome: 'stack',
    },
    {
      name: 'the parser under functions in functions',
      code: `export default { run: ${'() => '.repeat(20_000)}1 }`,
      outcome: 'stack',
    },
    {
      name: 'a function of seventy thousand variables',
      code: run("return Function('let ' + Array.from({ length: 7e4 }, (_, i) => 'v' + i).join() + '; return 1')()"),
      outcome: 'fuel',
    },
    {
      name: 'a function of seventy thousand parameters',
      code: run("return Function(Array.from({ length: 7e4 }, (_, i) => 'v' + i).join(), 'return 1')()"),
      outcome: 'threw',
      message: /too many/,
    },
    {
      name: 'a switch of five thousand cases',
      code: run(
        "return Function('x', 'switch (x) {' + Array.from({ length: 5e3 }, (_, i) => `case ${i}: return ${i};`).join('') + '}')(4999)",
      ),
      outcome: 'ok',
      value: 4999,
    },
    {
      name: 'a class with private names, used by another',
      code: run(
        "class A { #a = 1; static read(o) { return #a in o ? o.#a : 'none' } } return [A.read(new A()), A.read({}), A.read(new Proxy(new A(), {}))]",
      ),
      outcome: 'ok',
      value: [1, 'none', 'none'],
    },
    {
      name: 'a constructor that returns another’s this, twice private',
      code: run(
        'class B { constructor(o) { return o } } class A extends B { #a = 1 } const o = {}; new A(o); new A(o)',
      ),
      outcome: 'threw',
      message: /TypeError/,
    },
    {
      name: 'super where there is none',
      code: run('class A extends null { constructor() { super() } } new A()'),
      outcome: 'threw',
      message: /TypeError/,
    },
    {
      name: 'a derived class that reads this too early',
      code: run('class A extends Object { constructor() { const f = () => this; f(); super() } } new A()'),
      outcome: 'threw',
      message: /ReferenceError/,
    },
    {
      name: 'names before they are',
      code: run('const f = () => later; try { f() } catch (e) { return e.name } const later = 1'),
      outcome: 'ok',
      value: 'ReferenceError',
    },
    {
      name: 'with and eval of sloppy code',
      code: run(
        'return Function(\'with (new Proxy({}, { has: (t, k) => k !== `eval`, get: (t, k) => k === Symbol.unscopables ? undefined : 7 })) { return eval("a + b") }\')()',
      ),
      outcome: 'ok',
      value: 14,
    },
    {
      name: 'arguments that are also variables',
      code: run(
        "return Function('a', 'arguments[0] = 2; delete arguments[0]; arguments[0] = 3; Object.freeze(arguments); a = 4; return [a, arguments[0]]')(1)",
      ),
      outcome: 'ok',
      value: [4, 3],
    },
    {
      name: 'dates beyond all dates',
      code: run(
        'return [new Date(8.64e15 + 1), new Date(NaN), new Date(-1e300)].map((d) => { try { return d.toISOString() } catch (e) { return e.name } })',
      ),
      outcome: 'ok',
      value: ['RangeError', 'RangeError', 'RangeError'],
    },
    {
      name: 'numbers written to a hundred places',
      code: run(
        'return [(1e21).toFixed(100).length, (5e-324).toFixed(100).length, (2 ** -1074).toString(2).length, (0.1).toPrecision(100).length]',
      ),
      outcome: 'ok',
      value: [5, 102, 1076, 102],
    },
    {
      name: 'an iterator helper that calls itself',
      code: run('const i = Iterator.from([1, 2, 3]).map(() => i.next()); return i.next().done'),
      outcome: 'threw',
      message: /TypeError/,
    },
  ],
}
