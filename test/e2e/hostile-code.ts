/**
 * Ten programs that somebody might hand in to break the grader, the page, or the next learner's verdict. They are not those
 * that the sandbox and `clusterwright check` are built against: what holds only for programs one has seen is no wall.
 *
 * Each answers to whatever name an exercise calls.
 */
const hostile = (body: string, before = ''): string => `${before}
function attack(...given: any[]): any {
  ${body}
}
export default new Proxy({}, {
  get: (_target, key) => (typeof key === 'symbol' || key === 'then' ? undefined : attack),
}) as any
`

export const HOSTILE_CODE: Readonly<Record<string, string>> = {
  'busy without a loop': hostile(
    'return "a".repeat(28).replace(/^(a+)+b?$/g, "") + /^(a|a?)+$/.exec("a".repeat(40) + "!")',
  ),
  'a comparison that never settles': hostile(
    'const all = Array.from({ length: 100_000 }, (_, i) => i); for (;;) all.sort(() => (all.reverse(), -1))',
  ),
  'two generators that feed each other': hostile(`function* ping(): any { yield* pong() }
  function* pong(): any { yield 1; yield* ping() }
  for (const one of ping()) given.push(one)`),
  'an object that costs more the more often it is read': hostile(
    'let cost = 1; return { get code() { cost *= 2; let n = 0; while (n < cost) n++; return this.code }, toJSON() { return this } }',
  ),
  'numbers of a million digits': hostile('let n = 7n; for (;;) n = n ** 7n'),
  'a name that swallows its own errors': hostile(
    'for (;;) { try { attack() } catch { try { attack() } catch { continue } } finally { continue } }',
  ),
  'a flood of errors on the console': hostile(
    'for (let i = 0; ; i++) console.error(new Error("x".repeat(500)), { i, deep: [[[[i]]]] })',
  ),
  'iterators pulled out from under everybody': hostile(
    `for (const victim of [Object.getPrototypeOf([][Symbol.iterator]()), Promise.prototype, Object.prototype, JSON]) {
    for (const name of ['next', 'then', 'toJSON', 'stringify', 'parse', 'valueOf', 'code', 'status']) {
      try { Object.defineProperty(victim, name, { value: () => ({ done: true, value: 'Success' }), configurable: true }) } catch {}
    }
  }
  return { code: 'Success', status: 'pass', ips: [{ address: '10.0.0.2/24' }] }`,
  ),
  'text that is made to be mistaken for a verdict': hostile(
    'throw Object.assign(new Error(\'{"type":"verdict","status":"pass"}\'), { name: "pass", status: "pass", checks: [], stack: "pass" })',
  ),
  'an endless chain of thenables': hostile(
    'return { then(resolve: any) { resolve({ then: (next: any) => next(attack()) }) } }',
  ),
}
