/** Little code, and a built-in that would be at work for years. QuickJS polls no interrupt there; the metered module counts. */
import { run } from './program.ts'
import type { HostileClass } from './program.ts'

export const endlessBuiltIns: HostileClass = {
  name: 'endless built-ins',
  programs: [
    { name: 'an evil regular expression', code: run("return /^(a+)+$/.test('a'.repeat(40) + 'b')"), outcome: 'fuel' },
    {
      name: 'a regular expression with alternatives that overlap',
      code: run("return /^(a|a?)+$/.exec('a'.repeat(60) + '!')"),
      outcome: 'fuel',
    },
    {
      name: 'a regular expression with back-references',
      code: run("return /^(a*)*\\1(b|c)$/.test('a'.repeat(60))"),
      outcome: 'fuel',
    },
    {
      name: 'a regular expression that looks ahead and behind',
      code: run("return /(?<=(a+)+)b(?=(c+)+$)/.test('a'.repeat(40) + 'b' + 'c'.repeat(40) + '!')"),
      outcome: 'fuel',
    },
    {
      name: 'a split by nothing of everything',
      code: run("return 'ab'.repeat(2e4).split(/(?:)|(?=(.*a)*$)/).length"),
      outcome: 'fuel',
    },
    {
      name: 'a replacement that finds the empty string for ever',
      code: run(
        `const r = /(?:)/g; Object.defineProperty(r, 'exec', { value: () => ({ index: 0, 0: '', length: 1 }) }); return 'a'.replace(r, 'b')`,
      ),
      outcome: 'memory',
    },
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
    {
      name: 'fill over 2^53 - 1 places',
      code: run('Array.prototype.fill.call(new Proxy({ length: 2 ** 53 - 1 }, { set: () => true }), 0)'),
      outcome: 'fuel',
    },
    {
      name: 'join over 2^32 - 1 holes',
      code: run("return new Array(2 ** 32 - 1).join('').length"),
      outcome: 'fuel',
    },
    {
      name: 'copyWithin over 2^53 - 1 places',
      code: run('Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 0, 1)'),
      outcome: 'fuel',
    },
    {
      name: 'splice of an object that says it is long',
      code: run('Array.prototype.splice.call({ length: 2 ** 53 - 2 }, 0, 0, 1)'),
      outcome: 'fuel',
    },
    { name: 'every over 2^32 - 1 holes', code: run('new Array(2 ** 32 - 1).every((x) => x)'), outcome: 'fuel' },
    { name: 'sort of 2^32 - 1 holes', code: run('new Array(2 ** 32 - 1).sort()'), outcome: 'fuel' },
    {
      name: 'lastIndexOf over a long hole',
      code: run('const a = [1]; a.length = 2 ** 32 - 1; a.lastIndexOf(2)'),
      outcome: 'fuel',
    },
    {
      name: 'Array.from of an object that says it is long',
      code: run('return Array.from({ length: 2 ** 32 - 1 }, () => 0).length'),
      outcome: 'fuel',
    },
    {
      name: 'concat of what spreads itself',
      code: run('return [].concat({ length: 2 ** 52, [Symbol.isConcatSpreadable]: true }).length'),
      outcome: 'fuel',
    },
    {
      name: 'apply with 2^31 arguments',
      code: run('return Math.max.apply(null, { length: 2 ** 31 })'),
      outcome: 'threw',
      message: /too many arguments/,
    },
    {
      name: 'a huge BigInt in decimal',
      code: run('return (1n << 1000000n).toString().length'),
      outcome: 'fuel',
      limits: { fuelPerCall: 5_000_000 },
    },
    {
      name: 'a power of a BigInt',
      code: run('let n = 7n; for (;;) n = n ** 7n'),
      outcome: 'fuel',
    },
    {
      name: 'division of huge BigInts',
      code: run('const a = 1n << 900000n, b = (1n << 450000n) - 1n; for (;;) a % b'),
      outcome: 'fuel',
      limits: { fuelPerCall: 5_000_000 },
    },
    {
      name: 'a number of a million digits read',
      code: run("return BigInt('9'.repeat(1e6)) > 1n"),
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
    {
      name: 'comparing long texts that differ at the end',
      code: run("const a = 'x'.repeat(1e6) + 'a', b = 'x'.repeat(1e6) + 'b'; for (let n = 0; ; n += a < b ? 1 : 2);"),
      outcome: 'fuel',
      limits: { fuelPerCall: 5_000_000 },
    },
    {
      name: 'looking for a needle that a haystack almost has',
      code: run("const hay = 'a'.repeat(1e6), needle = 'a'.repeat(5e5) + 'b'; for (;;) hay.indexOf(needle)"),
      outcome: 'fuel',
      limits: { fuelPerCall: 5_000_000 },
    },
    {
      name: 'padding, repeating and normalizing without end',
      code: run("for (;;) 'é'.repeat(1e4).normalize('NFD').padStart(2e5, 'ab').toUpperCase()"),
      outcome: 'fuel',
      limits: { fuelPerCall: 5_000_000 },
    },
    {
      name: 'keys of an object with a hundred thousand, again and again',
      code: run('const o = {}; for (let i = 0; i < 1e5; i++) o["k" + i] = i; for (;;) Object.keys(o)'),
      outcome: 'fuel',
      limits: { fuelPerCall: 5_000_000 },
    },
    {
      name: 'writing and reading JSON without end',
      code: run('const o = [...Array(1e4).keys()]; for (;;) JSON.parse(JSON.stringify(o))'),
      outcome: 'fuel',
      limits: { fuelPerCall: 5_000_000 },
    },
  ],
}
