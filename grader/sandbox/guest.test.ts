import { describe, expect, it } from 'vitest'
import { loadEngineNode } from './engine-node.ts'
import type { Guest } from './guest.ts'
import type { GuestOptions } from './sandbox.ts'

const engine = await loadEngineNode()

function start(code: string, options: Partial<GuestOptions> = {}): Guest {
  const started = engine.start({ code, ...options })
  if (!started.ok) throw new Error(started.message)
  return started.guest
}

const ok = (value: unknown) => ({ ok: true, value })

describe('a call', () => {
  it.each([
    ['an object of functions', 'export default { add: (a, b) => a + b }', 'add', [1, 2], ok(3)],
    ['a function by itself', 'export default (a) => ({ twice: a * 2 })', [], [4], ok({ twice: 8 })],
    ['a nested function', 'export default { a: { b: { c: () => 1 } } }', 'a.b.c', [], ok(1)],
    ['a method keeps its this', 'export default { n: 5, get() { return this.n } }', 'get', [], ok(5)],
    [
      'a class stands for one object of it',
      'export default class { n = 1; next() { return ++this.n } }',
      'next',
      [],
      ok(2),
    ],
    ['undefined is no value', 'export default { f() {} }', 'f', [], { ok: true }],
    [
      'a property that is undefined is absent',
      'export default { f: () => ({ a: undefined, b: 1 }) }',
      'f',
      [],
      ok({ b: 1 }),
    ],
    [
      'text of any kind survives',
      'export default { f: (s) => s + "\u2028é😀" }',
      'f',
      ['ñ\u0000"'],
      ok('ñ\u0000"\u2028é😀'),
    ],
    ['state stays between calls', 'let n = 0; export default { f: () => ++n }', 'f', [], ok(1)],
  ])('%s', (_name, code, path, args, outcome) => {
    expect(start(code).call(path, args)).toEqual(outcome)
  })

  it('gets its arguments frozen all the way down', () => {
    const guest = start('export default { f(pod) { pod.spec.containers[0].name = 1 } }')
    const outcome = guest.call('f', [{ spec: { containers: [{ name: 'web' }] } }])
    expect(outcome).toMatchObject({ kind: 'threw', message: expect.stringMatching(/read-only/), position: { line: 1 } })
  })

  it('names the line and column of what it threw', () => {
    const guest = start('const inner = (pod) =>\n  pod.spec.name\nexport default { f: (pod) => inner(pod) }')
    const outcome = guest.call('f', [{}])
    expect(outcome).toMatchObject({ kind: 'threw', position: { line: 2, column: 11 } })
    expect(outcome).toMatchObject({ stack: 'at inner (main.ts:2:11)\nat f (main.ts:3:35)' })
  })
})

describe('honest code that frozen intrinsics might have broken', () => {
  it.each([
    [
      'a subclass of Error that sets its name',
      'class NotFound extends Error { constructor() { super(); this.name = "NotFound" } }\nreturn [new NotFound().name, new NotFound() instanceof Error, String(new NotFound())]',
      ['NotFound', true, 'NotFound'],
    ],
    [
      'toString of one’s own',
      'const o = {}; const a = []; o.toString = a.toString = () => "mine"; return `${o}, ${a}`',
      'mine, mine',
    ],
    [
      'constructor, valueOf and hasOwnProperty as keys',
      'const count = {}; for (const k of ["constructor", "valueOf", "hasOwnProperty", "constructor"]) count[k] = (Object.hasOwn(count, k) ? count[k] : 0) + 1; return count',
      { constructor: 2, valueOf: 1, hasOwnProperty: 1 },
    ],
    [
      'message assigned to an error',
      'const e = new TypeError("a"); e.message = "b"; e.code = 7; return [e.message, e.code]',
      ['b', 7],
    ],
    [
      'name assigned on a prototype of one’s own',
      'function Old() {} Old.prototype = Object.create(Error.prototype); Old.prototype.name = "Old"; Old.prototype.constructor = Old; return new Old().name',
      'Old',
    ],
    ['call as a key of a function', 'const api = () => 1; api.call = () => 2; return [api(), api.call()]', [1, 2]],
    [
      'a subclass of Array, Map and Promise',
      'class Stack extends Array { top() { return this.at(-1) } } class M extends Map {} const s = new Stack(); s.push(1, 2); return [s.top(), new M([[1, 2]]).get(1), s.map((x) => x * 2) instanceof Stack]',
      [2, 2, true],
    ],
    [
      'dates made from a value',
      'const d = new Date("2026-01-02T03:04:05Z"); return [d.toISOString(), d.getHours(), d.getTimezoneOffset(), Date.UTC(2026, 0), d instanceof Date, d.constructor === Date, new Date(2024, 1, 29, 23).toISOString()]',
      ['2026-01-02T03:04:05.000Z', 3, 0, 1767225600000, true, true, '2024-02-29T23:00:00.000Z'],
    ],
    [
      'sorting, grouping and iterating',
      'return [Object.groupBy([1, 2, 3], (n) => (n % 2 ? "odd" : "even")), [3, 1, 2].toSorted(), new Set([1, 2]).union(new Set([3])).size, [..."añ"].length]',
      [{ odd: [1, 3], even: [2] }, [1, 2, 3], 3, 2],
    ],
    [
      'private fields, generators, destructuring, labels',
      'class C { #n = 1; *all() { yield this.#n; yield 2 } } const [a, b] = new C().all(); out: for (;;) { for (;;) break out } return { a, b }',
      { a: 1, b: 2 },
    ],
  ])('%s', (_name, body, value) => {
    expect(start(`export default { run() { ${body} } }`).call('run', [])).toEqual(ok(value))
  })
})

describe('an adapter', () => {
  const adapter = `
    export default (learner, tools) => {
      const nodes = new Map()
      return {
        update(changed) { for (const node of changed) nodes.set(node.name, node) },
        filterAll(pod) {
          if (typeof learner.filter !== 'function') tools.notAFunction('"filter" is missing: write filter(pod, node).')
          return [...nodes.values()].filter((node) => {
            const answer = learner.filter(pod, node)
            if (typeof answer !== 'boolean') tools.wrongType('filter must return true or false, for ' + node.name + ' it did not.')
            return answer
          }).map((node) => node.name)
        },
      }
    }`
  const nodes = Array.from({ length: 1000 }, (_, index) => ({ name: `node-${index}`, cpu: index }))

  it('keeps data in the VM and loops there', () => {
    const guest = start('export default { filter: (pod, node) => node.cpu >= pod.cpu }', { adapter })
    expect(guest.call('update', [nodes])).toEqual({ ok: true })
    expect(guest.call('filterAll', [{ cpu: 998 }])).toEqual(ok(['node-998', 'node-999']))
    guest.call('update', [[{ name: 'node-0', cpu: 5000 }]])
    expect(guest.call('filterAll', [{ cpu: 999 }])).toEqual(ok(['node-0', 'node-999']))
  })

  it.each([
    ['says what is missing', 'export default {}', 'not-a-function', /write filter\(pod, node\)/],
    ['says what has the wrong type', 'export default { filter: () => 1 }', 'wrong-type', /for node-0 it did not/],
    [
      'lets the learner’s errors through',
      'export default { filter(pod) {\n throw new Error(pod.name) } }',
      'threw',
      /Error: web/,
    ],
  ])('%s', (_name, code, kind, message) => {
    const guest = start(code, { adapter })
    guest.call('update', [nodes])
    expect(guest.call('filterAll', [{ name: 'web' }])).toMatchObject({ kind, message: expect.stringMatching(message) })
  })

  it('is out of reach: the learner’s own functions are not called by path', () => {
    const guest = start('export default { filter: () => true, secret: () => 1 }', { adapter })
    expect(guest.call('secret', [])).toMatchObject({ kind: 'not-a-function' })
  })

  it('is out of reach of an import, too, though its module is there before the learner’s', () => {
    const reach = `export default { filter: () => (0, eval)("import('adapter.js')") }`
    for (const code of ["import * as it from 'adapter.js'\nexport default it", reach]) {
      const started = engine.start({ code, adapter })
      if (started.ok) started.guest.call('update', [nodes.slice(0, 1)])
      const outcome = started.ok ? started.guest.call('filterAll', [{}]) : started
      expect(outcome.ok).toBe(false)
    }
  })

  it('is evaluated once for all learners, at nobody’s cost, and keeps nothing of them', () => {
    const counting = `let made = 0\nexport default (learner) => ({ look: () => [++made, learner()] })`
    const costly = counting.replace('let made = 0', 'let made = 0; for (let i = 0; i < 100_000; i++);')
    const fuel = [counting, costly].map((source) => {
      const guests = [1, 2].map((nth) => start(`export default () => ${nth}`, { adapter: source }))
      expect(guests.map((guest) => guest.call('look', []))).toEqual([ok([1, 1]), ok([1, 2])])
      return guests.map((guest) => guest.fuelUsed())
    })
    expect(fuel[0]![0]).toBeLessThan(20_000)
    expect(fuel[1]![0]! - fuel[0]![0]!).toBeLessThan(1_000)
  })

  it('that does not even load is not the learner’s fault', () => {
    const broken = 'export default 1;\nthrow new Error("mine")'
    expect(() => engine.start({ code: 'export default {}', adapter: broken })).toThrow('the adapter does not load')
  })
})

describe('console', () => {
  it('shows a NUL instead of ending the line there', () => {
    const guest = start("export default { run() { console.log('a\\0b', '\\ud800') } }")
    guest.call('run', [])
    expect(guest.takeConsole()).toEqual([{ level: 'log', text: 'a\u2400b \ufffd\ufffd\ufffd' }])
  })

  it('shows values, and objects in short', () => {
    const guest = start(`export default { run() {
      console.log('pod', { name: 'web', labels: ['a', 'b'], deep: { a: { b: { c: { d: 1 } } } } }, 7, null, undefined)
      console.warn(new Map([['a', 1]]), new Set([1]), new TypeError('no'), () => 1)
    } }`)
    guest.call('run', [])
    expect(guest.takeConsole()).toEqual([
      {
        level: 'log',
        text: 'pod { name: "web", labels: ["a", "b"], deep: { a: { b: { c: {…} } } } } 7 null undefined',
      },
      { level: 'warn', text: 'Map { "a" => 1 } Set { 1 } TypeError: no [function without a name]' },
    ])
    expect(guest.takeConsole()).toEqual([])
  })

  it('is cut at its limit, and says so', () => {
    const guest = start('export default { run() { for (let i = 0; i < 100; i++) console.log("line " + i) } }', {
      limits: { consoleBytes: 30 },
    })
    expect(guest.call('run', [])).toEqual({ ok: true })
    expect(guest.takeConsole().map(({ text }) => text)).toEqual([
      'line 0',
      'line 1',
      'line 2',
      'line 3',
      '… console output beyond 30 characters is not shown',
    ])
    expect(guest.consoleTruncated).toBe(true)
  })

  it('survives what ends the run', () => {
    const guest = start('export default { run() { console.log("before"); for (;;); } }')
    expect(guest.call('run', [])).toMatchObject({ kind: 'fuel' })
    expect(guest.takeConsole()).toEqual([{ level: 'log', text: 'before' }])
  })
})

describe('budgets', () => {
  const spin = 'export default { spin(n) { for (let i = 0; i < n; i++); return n } }'

  it('count per call, and over all calls together', () => {
    const guest = start(spin, { limits: { fuelPerCall: 3_000_000, fuel: 5_000_000 } })
    expect(guest.call('spin', [100_000])).toEqual(ok(100_000))
    const one = guest.fuelUsed()
    expect(guest.call('spin', [100_000])).toEqual(ok(100_000))
    expect(guest.fuelUsed()).toBeLessThan(2.1 * one)
    let outcome = guest.call('spin', [100_000])
    for (let i = 0; i < 100 && outcome.ok; i++) outcome = guest.call('spin', [100_000])
    expect(outcome).toMatchObject({
      kind: 'fuel',
      message: expect.stringMatching(/run has used all of its 5,000,000 units/),
    })
  })

  it('are shared by guests with one purse, and what loads them is paid from it, too', () => {
    const purse = { left: 3_000_000 }
    const options = { limits: { checkFuel: 3_000_000 }, purse }
    const [first, second] = [start(spin, options), start(spin, options)]
    expect(purse.left).toBe(3_000_000 - first.fuelUsed() - second.fuelUsed())
    expect(first.call('spin', [100_000])).toEqual(ok(100_000))
    const outcome = second.call('spin', [1e9])
    expect(outcome).toMatchObject({
      kind: 'fuel',
      budget: { name: 'fuel of the check', limit: 3_000_000, unit: 'units' },
      message: expect.stringMatching(/all runs of this check together have used its 3,000,000 units/),
    })
    expect(first.call('spin', [1e9])).toMatchObject({ budget: { name: 'fuel of the check' } })
    // Whether it loads must not hang on what was loaded before.
    expect(start(spin, options).call('spin', [1e9])).toMatchObject({ budget: { name: 'fuel of the check' } })
  })

  it('end the guest for good: it answers with the same trap ever after', () => {
    const guest = start(spin, { limits: { fuelPerCall: 1_000_000 } })
    const trap = guest.call('spin', [1e9])
    expect(trap).toMatchObject({ kind: 'fuel', message: expect.stringMatching(/1,000,000 units/) })
    const used = guest.fuelUsed()
    expect(guest.call('spin', [1])).toBe(trap)
    expect(guest.begin('spin', [1])).toMatchObject({ trap, settled: [], requests: [] })
    expect(guest.fuelUsed()).toBe(used)
  })

  it.each([8, 32, 64])('memory of %i MiB is reached, whatever it is', (mebibytes) => {
    const guest = start('export default { run() { const a = []; for (;;) a.push(new Uint8Array(100_000)) } }', {
      limits: { memoryBytes: mebibytes * 1024 * 1024 },
    })
    expect(guest.call('run', [])).toMatchObject({
      kind: 'memory',
      message: expect.stringMatching(`more than ${mebibytes} MiB of memory`),
    })
  })

  it('recursion of a hundred calls is no luxury', () => {
    const guest = start('const f = (n) => (n === 0 ? 0 : 1 + f(n - 1)); export default { f }')
    expect(guest.call('f', [300])).toEqual(ok(300))
    expect(guest.call('f', [100_000])).toMatchObject({ kind: 'stack' })
  })

  it('refuses a memory that the engine cannot start in', () => {
    expect(() => start(spin, { limits: { memoryBytes: 1000 } })).toThrow(/at least 8388608/)
  })
})

describe('starting the same submission again', () => {
  const options = {
    code: `console.log('loaded'); const big = Array.from({ length: 50_000 }, (_, i) => ({ i })); let n = 0
      export default { count: () => ++n, spin() { const a = []; for (;;) a.push({ a }) }, last: () => big.at(-1) }`,
    limits: { memoryBytes: 16 * 1024 * 1024 },
  }

  it('gives the same guest each time, evaluated or not, with nothing left of the others', () => {
    const seen = Array.from({ length: 4 }, () => {
      const guest = start(options.code, options)
      const loaded = [guest.fuelUsed(), guest.takeConsole()]
      const calls = [guest.call('count', []), guest.call('count', []), guest.call('last', []), guest.call('spin', [])]
      return { loaded, calls, fuel: guest.fuelUsed() }
    })
    expect(seen[0]).toMatchObject({
      loaded: [expect.any(Number), [{ level: 'log', text: 'loaded' }]],
      calls: [ok(1), ok(2), ok({ i: 49_999 }), { kind: 'memory' }],
    })
    for (const other of seen.slice(1)) expect(other).toEqual(seen[0])
  })

  it('tells options apart', () => {
    for (let round = 0; round < 3; round++) {
      expect(start('export default () => 1').call([], [])).toEqual(ok(1))
      expect(start('export default () => 2').call([], [])).toEqual(ok(2))
      const adapter = 'export default (learner) => ({ twice: () => 2 * learner() })'
      expect(start('export default () => 2', { adapter }).call('twice', [])).toEqual(ok(4))
    }
  })
})
