/**
 * Submissions that no exercise may pass, hang on or break down over, whatever its functions are called: each default export
 * has every function one may ask for.
 */
const everyFunction = (body: string, prefix = ''): string =>
  `const act = ${prefix}function () { ${body} }\nexport default new Proxy({}, { get: (target, key) => typeof key === 'symbol' || key === 'then' ? undefined : act })\n`

export const HOSTILE: Readonly<Record<string, string>> = {
  empty: '',
  'no default export': 'export const filter = () => ({ code: "Success" })\n',
  'a number': 'export default 42\n',
  null: 'export default null\n',
  'not TypeScript': 'export default { filter( {{{\n',
  'throws while loading': 'throw new Error("no")\nexport default {}\n',
  'endless while loading': 'for (;;) {}\nexport default {}\n',
  'throws null': everyFunction('throw null'),
  'throws something unreadable': everyFunction('throw { get message() { throw 1 }, get name() { throw 2 } }'),
  'endless loop': everyFunction('for (;;) {}'),
  'endless loop in a built-in': everyFunction('return [].indexOf.call({ length: 2 ** 53 - 1 }, 0)'),
  'endless loop of promises': everyFunction('for (;;) await null', 'async '),
  'endless calls to its host': everyFunction(
    `for (;;) for (const host of arguments) for (const name of ['list', 'get']) {
      try { if (host && host[name]) await host[name]('Pod', { namespace: 'default', name: 'web' }) } catch {}
      await null
    }`,
    'async ',
  ),
  'a promise that never settles': everyFunction('return new Promise(() => {})'),
  'too much memory': everyFunction('const all = []; for (;;) all.push(new Array(10000).fill(1))'),
  'endless recursion': everyFunction('return act()'),
  'wrong type': everyFunction('return 42'),
  'a function': everyFunction('return () => 1'),
  'a huge result': everyFunction('return { code: "Success", ips: [], reasons: ["x".repeat(3_000_000)] }'),
  'a result that lies': everyFunction(
    'let n = 0; return new Proxy({}, { get: (target, key) => key === "then" ? undefined : n++ % 2 ? "Success" : {} })',
  ),
  'a list with methods of its own': everyFunction(
    'return { code: "Unschedulable", reasons: Object.assign([1, {}], { every: () => true, [Symbol.iterator]: function* () { yield {} } }), ips: [{}] }',
  ),
  'what no text can be made of': everyFunction(
    'const odd = { toString: 1, valueOf: 1 }; return { code: odd, reasons: [odd], cniVersion: odd, ips: [{ address: "10.244.1.2/24", gateway: odd }], requeueAfterMs: odd }',
  ),
  'changes of built-ins': everyFunction(
    'for (const change of [() => { Object.prototype.code = "Success" }, () => { Array.prototype.includes = () => true }, () => { JSON.stringify = () => "{}" }, () => { Map.prototype.get = () => 1 }]) { try { change() } catch {} } return {}',
  ),
  'console flood': everyFunction('for (let i = 0; i < 1e5; i++) console.log("x".repeat(1000)); return {}'),
  'looks for a way out': everyFunction('return (function () {}).constructor("return process")().exit(0)'),
}

/** Those that use up a budget, and so end in every check alike: the examples show how. */
export const SPENDS_ALL: ReadonlySet<string> = new Set([
  'endless loop',
  'endless loop in a built-in',
  'endless loop of promises',
  'endless calls to its host',
  'too much memory',
  'endless recursion',
  'a huge result',
  'console flood',
])
