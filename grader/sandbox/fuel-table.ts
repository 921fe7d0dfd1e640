/**
 * A fixed list of programs, honest and hostile, with what each comes to and the fuel it takes. Two hosts that run the same
 * engine print the same table to the character, whatever ran before.
 */
import type { Engine } from './engine.ts'
import { hostilePrograms } from './hostile/programs.ts'
import type { HostileProgram } from './hostile/program.ts'
import { runProgram } from './run-program.ts'
import type { Ending } from './run-program.ts'
import type { ConsoleLine, Outcome } from './sandbox.ts'

export interface FuelRow {
  name: string
  fuel: number
  outcome: Outcome
  /** How much console output there was, and its last line. */
  lines: number
  lastLine?: ConsoleLine
  /** What came of an honest program right after it on the same engine. */
  next: Ending
}

const run = (name: string, body: string): HostileProgram => ({
  name,
  code: `export default {\n  run() {\n    ${body}\n  },\n}\n`,
  outcome: 'ok',
})

/** One for each part of the engine whose work might depend on addresses, hashes, the locale or the host's mathematics. */
const honestPrograms: HostileProgram[] = [
  run('an empty loop', 'for (let i = 0; i < 100_000; i++); return 1'),
  run('recursion', 'const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2)); return fib(18)'),
  run('sorting', 'return [...Array(500).keys()].map((i) => (i * 7919) % 1009).sort((a, b) => a - b).slice(0, 5)'),
  run('sorting text', "return [...Array(200).keys()].map((i) => 'n' + ((i * 7919) % 1009)).sort().slice(0, 5)"),
  run(
    'a Map with many keys',
    'const m = new Map(); for (let i = 0; i < 5000; i++) m.set("k" + (i % 700), i); return m.size',
  ),
  run(
    'objects as keys',
    'const m = new Map(); const o = [...Array(500)].map(() => ({})); o.forEach((k, i) => m.set(k, i)); return m.get(o[77])',
  ),
  run('integer-like keys', 'const o = {}; for (const k of ["b", 2, "a", 1]) o[k] = k; return Object.keys(o)'),
  run(
    'JSON both ways',
    'let o = { a: [] }; for (let i = 0; i < 200; i++) o.a.push({ i, s: "x".repeat(i % 9) }); return JSON.stringify(JSON.parse(JSON.stringify(o))).length',
  ),
  run(
    'regular expressions',
    'return "pod-1 pod-22 node-333".match(/\\w+-\\d+/g).concat("a1b2".replace(/\\d/g, (d) => d * 2))',
  ),
  run(
    'floating point',
    'let x = 0; for (let i = 1; i < 1000; i++) x += Math.sin(i) / Math.exp(1 / i) + Math.pow(i, 0.37) + Math.log(i); return x',
  ),
  run(
    'numbers as text',
    'return [0.1 + 0.2, 1e21, 1 / 3, 123456789.125, 5e-324, (255).toString(16), (0.000001234).toFixed(9)]',
  ),
  run('big integers', 'let n = 1n; for (let i = 1n; i < 200n; i++) n *= i; return String(n).length'),
  run(
    'generators and spread',
    'function* g() { for (let i = 0; i < 300; i++) yield i * i } return [...g()].reduce((a, b) => a + b)',
  ),
  run(
    'classes and private fields',
    'class C { #n = 0; add() { this.#n++; return this } get n() { return this.#n } } const c = new C(); for (let i = 0; i < 500; i++) c.add(); return c.n',
  ),
  run(
    'exceptions',
    'let n = 0; for (let i = 0; i < 300; i++) try { null.x } catch (e) { n += e.message.length } return n',
  ),
  run(
    'text of a Date',
    'const d = new Date(1767225600000); return [String(d), d.toISOString(), d.toLocaleString(), d.getTimezoneOffset(), d.getDay()]',
  ),
  run(
    'words of other languages',
    'return ["ñandú", "zebra", "Äpfel", "apfel"].sort((a, b) => a.localeCompare(b)).concat("İ".toLowerCase(), "ß".toUpperCase())',
  ),
  run('cycles for the garbage collector', 'for (let i = 0; i < 20_000; i++) { const a = {}; a.b = { a } } return 1'),
  run('a stack in text', 'return (() => new Error("here").stack)()'),
]

export const tablePrograms: readonly HostileProgram[] = [...honestPrograms, ...hostilePrograms]

/** Whoever comes next: a little of everything that an earlier guest might have left in disorder. */
const nextProgram = run(
  'the next one',
  `const m = new Map([['a', 1]]); m.set('b', [3, 1, 2].sort().map((x) => x + 1))
    console.log('next', { a: [1] }, String(new Error('e')))
    return [Object.fromEntries(m), JSON.stringify({ a: 1 }), /b+/.exec('abbc').index, [..."añ"], typeof leak, [].leak === undefined]`,
)

/** One program, and then the honest one, on an engine that others may have used before. */
export function fuelRow(engine: Engine, program: HostileProgram): FuelRow {
  const { outcome, fuel, console } = runProgram(engine, program)
  const lastLine = console.at(-1)
  const next = runProgram(engine, nextProgram)
  return { name: program.name, fuel, outcome, lines: console.length, ...(lastLine && { lastLine }), next }
}

/** What `next` must be in each row: the same program on an engine of its own. */
export const undisturbed = (engine: Engine): Ending => runProgram(engine, nextProgram)

/**
 * `backwards`: the last program runs first, which must change nothing. The rows come in the table's order all the same.
 * `every`: only each so-manieth hostile program, beside all honest ones.
 */
export function fuelTable(engine: Engine, { backwards = false, every = 1 } = {}): FuelRow[] {
  const some = [...honestPrograms, ...hostilePrograms.filter((_, index) => index % every === 0)]
  const programs = backwards ? some.toReversed() : some
  const rows = programs.map((program) => fuelRow(engine, program))
  return backwards ? rows.reverse() : rows
}
