/** Asking for more memory than there is, all at once or bit by bit. The heap ends at the same allocation in every host. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

export const allocationBombs: HostileClass = {
  name: 'allocation bombs',
  programs: [
    {
      name: 'an array that grows for ever',
      code: run('const a = []; for (;;) a.push(new Array(1000).fill(7))'),
      outcome: 'memory',
      line: 3,
      message: /32 MiB/,
      limits: { memoryBytes: 32 << 20 },
    },
    {
      name: 'a string that doubles for ever',
      code: run("let s = 'x'; for (;;) s = s + s + 'y'.repeat(s.length)"),
      outcome: 'memory',
    },
    {
      name: 'a rope of strings, flattened at the end',
      code: run("let s = 'ab'; for (let i = 0; i < 40; i++) s = s + s; return s.charCodeAt(7)"),
      outcome: 'threw',
      message: /string too long/,
      why: 'a rope may not be longer than a text',
    },
    {
      name: 'a text that is repeated 2^29 times',
      code: run("return 'ab'.repeat(2 ** 28).length"),
      outcome: 'memory',
    },
    {
      name: 'a text longer than a text may be',
      code: run("return 'ab'.repeat(2 ** 30).length"),
      outcome: 'threw',
      message: /invalid string length/,
    },
    {
      name: 'padding to 2^29 characters',
      code: run("return ''.padEnd(2 ** 29, 'ab').length"),
      outcome: 'memory',
    },
    {
      name: 'a replacement that multiplies',
      code: run("let s = 'a'; for (;;) s = s.replace(/a/g, \"$&$&$`$'\")"),
      outcome: 'memory',
    },
    {
      name: 'a template that contains itself twice',
      code: run('let s = "abc"; for (;;) s = `${s} and ${s}`'),
      outcome: 'threw',
      message: /string too long/,
    },
    {
      name: 'a Map that grows for ever',
      code: run('const m = new Map(); for (let i = 0; ; i++) m.set(i, {})'),
      outcome: 'memory',
    },
    {
      name: 'a Set that grows as it is walked',
      code: run('const s = new Set([0]); for (const n of s) s.add(n + 1)'),
      outcome: 'memory',
    },
    {
      name: 'an object with ever more names',
      code: run('const o = {}; for (let i = 0; ; i++) o["key-" + i] = i'),
      outcome: 'memory',
    },
    {
      name: 'symbols without end',
      code: run("const a = []; for (let i = 0; ; i++) a.push(Symbol('s' + i), Symbol.for('t' + i))"),
      outcome: 'memory',
    },
    { name: 'many typed arrays', code: run('const a = []; for (;;) a.push(new Uint8Array(1e6))'), outcome: 'memory' },
    { name: 'one huge typed array', code: run('return new Uint8Array(2 ** 30).length'), outcome: 'memory' },
    {
      name: 'a buffer that may grow to 2 GiB, and does',
      code: run('const b = new ArrayBuffer(8, { maxByteLength: 2 ** 31 - 1 }); for (let n = 8; ; n *= 2) b.resize(n)'),
      outcome: 'memory',
      why: 'the room that a buffer may grow to is asked for at once',
    },
    {
      name: 'a shared buffer of 1 GiB',
      code: run('return new SharedArrayBuffer(2 ** 30).byteLength'),
      outcome: 'memory',
    },
    {
      name: 'buffers that are handed on and grow',
      code: run('let b = new ArrayBuffer(1024); for (;;) b = b.transfer(b.byteLength * 2)'),
      outcome: 'memory',
    },
    {
      name: 'memory that is caught and asked for again',
      code: run('const a = []; for (;;) try { a.push(new Uint8Array(1e6)) } catch {}'),
      outcome: 'memory',
      why: 'a heap that is full ends the run, even inside a catch',
    },
    { name: 'a closure chain', code: run('let f = () => 0; for (;;) { const g = f; f = () => g }'), outcome: 'memory' },
    {
      name: 'promises that nobody waits for',
      code: run('const a = []; for (;;) a.push(new Promise(() => {}).then(() => 1))'),
      outcome: 'memory',
    },
    {
      name: 'a Promise.all of a million',
      code: runAsync('await Promise.all(Array.from({ length: 1e6 }, async () => 1))'),
      outcome: 'memory',
      asynchronous: true,
    },
    {
      name: 'async functions that all wait',
      code: runAsync('const a = []; for (;;) a.push((async () => { await new Promise(() => {}) })())'),
      outcome: 'memory',
      asynchronous: true,
    },
    {
      name: 'generators that are begun and kept',
      code: run('const a = []; for (;;) { const g = (function* () { yield 1 })(); g.next(); a.push(g) }'),
      outcome: 'memory',
    },
    {
      name: 'a BigInt that doubles for ever',
      code: run('let n = 1n; for (;;) n <<= 1n + n % 7n + 65536n'),
      outcome: 'threw',
      message: /BigInt/,
      why: 'a BigInt has its largest size, long before the heap is full',
    },
    {
      name: 'many BigInts of the largest size',
      code: run('const a = []; for (let i = 0n; ; i++) a.push((1n << 1000000n) + i)'),
      outcome: 'memory',
    },
    {
      name: 'a regular expression with a hundred thousand groups',
      code: run("return new RegExp('()'.repeat(1e5)).exec('').length"),
      outcome: 'threw',
      message: /too many captures/,
    },
    {
      name: 'captures of every match of everything',
      code: run(
        "const r = new RegExp('(.)'.repeat(200) + '|.', 'g'); const a = []; for (;;) a.push([...'ab'.repeat(5e3).matchAll(r)])",
      ),
      outcome: 'memory',
    },
    {
      name: 'regular expressions that repeat repeats',
      code: run("return new RegExp('(?:(?:(?:a{1000}){1000}){1000}){1000}').test('a')"),
      outcome: 'ok',
      value: false,
      why: 'QuickJS counts repeats; it does not write them out',
    },
    {
      name: 'functions made of text without end',
      code: run(
        "const a = []; for (let i = 0; ; i++) a.push(Function('a', 'return a + ' + i + '/*' + 'x'.repeat(999) + '*/'))",
      ),
      outcome: 'memory',
    },
    {
      name: 'a long list of arguments, spread',
      code: run('const a = new Array(6e4).fill(1); const f = (...r) => f(...r, ...r); return f(...a)'),
      outcome: 'threw',
      message: /too many arguments/,
    },
    {
      name: 'weak references to what is kept',
      code: run('const a = []; for (;;) { const o = {}; a.push(o, new WeakRef(o)) }'),
      outcome: 'memory',
    },
    {
      name: 'errors that keep their stacks',
      code: run('const a = []; for (;;) a.push(new Error("x".repeat(100)))'),
      outcome: 'memory',
    },
    {
      name: 'a bomb while the module is evaluated',
      code: "const all = []\nfor (;;) all.push('x'.repeat(1e5) + all.length)\nexport default {}",
      outcome: 'memory',
      line: 2,
    },
  ],
}
