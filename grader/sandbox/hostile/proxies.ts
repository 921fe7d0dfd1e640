/** Proxies, Symbols, getters and thenables on everything that crosses the wall: results, arguments, errors, answers. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

export const proxies: HostileClass = {
  name: 'Proxy and Symbol tricks',
  programs: [
    {
      name: 'a Proxy that lies',
      code: run("let n = 0; return new Proxy({ a: 1 }, { get: (t, k) => (k === 'a' ? (n++ ? () => 1 : 1) : t[k]) })"),
      outcome: 'ok',
      value: { a: 1 },
      why: 'each property is read once, and what was read is what is written',
    },
    {
      name: 'a getter is read once',
      code: run('let n = 0; return { get a() { return ++n } }'),
      outcome: 'ok',
      value: { a: 1 },
    },
    {
      name: 'a revoked Proxy',
      code: run('const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy'),
      outcome: 'threw',
    },
    {
      name: 'a Proxy that is revoked while it is read',
      code: run(
        'const { proxy, revoke } = Proxy.revocable({ a: 1, b: 2 }, { get(t, k) { if (k === "a") revoke(); return t[k] } }); return proxy',
      ),
      outcome: 'threw',
      message: /revoked/,
    },
    {
      name: 'a Proxy of an array with a length that grows',
      code: run(
        'let n = 1; return new Proxy([1], { get: (t, k) => (k === "length" ? n++ : k === "then" ? undefined : 7) })',
      ),
      outcome: 'ok',
      value: [7],
      why: 'the length is read once as well',
    },
    {
      name: 'a Proxy of an array that says it has 2^32 items',
      code: run('return new Proxy([], { get: (t, k) => (k === "length" ? 2 ** 32 : k === "then" ? undefined : 0) })'),
      outcome: 'output',
    },
    {
      name: 'a Proxy of an array with a length of minus one',
      code: run('return new Proxy([], { get: (t, k) => (k === "length" ? -1 : undefined) })'),
      outcome: 'ok',
      value: [],
    },
    {
      name: 'a Proxy of an array whose length is an object',
      code: run(
        'return new Proxy([], { get: (t, k) => (k === "length" ? { valueOf: () => 2 } : k === "then" ? undefined : 1) })',
      ),
      outcome: 'ok',
      value: [1, 1],
    },
    {
      name: 'a Proxy with five hundred long keys',
      code: run(
        'const keys = Array.from({ length: 500 }, (_, i) => "k".repeat(4000) + i); return new Proxy({}, { ownKeys: () => keys, getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), get: (t, k) => (k === "then" ? undefined : 1) })',
      ),
      outcome: 'output',
    },
    {
      name: 'a Proxy whose keys are twice the same',
      code: run('return new Proxy({}, { ownKeys: () => ["a", "a"] })'),
      outcome: 'threw',
      message: /TypeError/,
    },
    {
      name: 'a Proxy whose prototype throws',
      code: run("return new Proxy({}, { getPrototypeOf() { throw new Error('mine') } })"),
      outcome: 'threw',
      message: /mine/,
    },
    {
      name: 'a Proxy that claims to be a Map',
      code: run('return new Proxy({ a: 1 }, { getPrototypeOf: () => Map.prototype })'),
      outcome: 'wrong-type',
      message: /a Map/,
    },
    {
      name: 'a Proxy of a Date',
      code: run('return new Proxy(new Date(0), {})'),
      outcome: 'wrong-type',
      message: /a Date/,
    },
    {
      name: 'a Proxy of a function as the result',
      code: run('return new Proxy(() => 1, {})'),
      outcome: 'wrong-type',
      message: /a function/,
    },
    {
      name: 'Symbol.toStringTag that throws',
      code: run("return { a: 1, get [Symbol.toStringTag]() { throw new Error('no') } }"),
      outcome: 'ok',
      value: { a: 1 },
      why: 'properties with a Symbol for a name are not data, and are not read',
    },
    {
      name: 'Symbol.toPrimitive on a result',
      code: run("return { a: { [Symbol.toPrimitive]: () => 'forged' } }"),
      outcome: 'ok',
      value: { a: {} },
    },
    {
      name: 'an array whose methods are its own',
      code: run(`const a = [1, 2]
    for (const key of ['map', 'push', 'toJSON', Symbol.iterator]) Object.defineProperty(a, key, { value: () => 'forged' })
    return a`),
      outcome: 'ok',
      value: [1, 2],
    },
    {
      name: 'an array that is an object with a class',
      code: run('class A extends Array { get length() { return 1 } } return A.from([1, 2, 3])'),
      outcome: 'ok',
      value: [1, 2, 3],
    },
    {
      name: 'toJSON does not speak for its object',
      code: run('return new (class { a = 1; toJSON() { return 42 } })()'),
      outcome: 'ok',
      value: { a: 1 },
    },
    { name: 'toJSON of its own is a function', code: run('return { toJSON() { return 42 } }'), outcome: 'wrong-type' },
    {
      name: 'an own __proto__',
      code: run('return JSON.parse(\'{"__proto__":{"x":1}}\')'),
      outcome: 'ok',
      value: JSON.parse('{"__proto__":{"x":1}}') as unknown,
    },
    {
      name: 'names that a host might trip over',
      code: run(
        'return JSON.parse(\'{"constructor":{"prototype":{"x":1}},"hasOwnProperty":1,"toString":2,"__proto__":null}\')',
      ),
      outcome: 'ok',
      value: JSON.parse(
        '{"constructor":{"prototype":{"x":1}},"hasOwnProperty":1,"toString":2,"__proto__":null}',
      ) as unknown,
    },
    {
      name: 'a default export that is a Proxy of everything',
      code: 'export default new Proxy(function () {}, { get: (t, k) => (k === "run" ? () => 5 : undefined), getPrototypeOf() { throw 1 }, ownKeys() { throw 2 } })',
      outcome: 'ok',
      value: 5,
    },
    {
      name: 'a default export that claims to be a class',
      code: 'const f = function () { return { run: () => "forged" } }\nf.toString = () => "class A {}"\nf.run = () => 1\nexport default f',
      outcome: 'ok',
      value: 1,
      why: 'the text of a function is asked of the engine, not of the function',
    },
    {
      name: 'a path through the prototype',
      code: 'export default { __proto__: { run: 1 } }',
      outcome: 'not-a-function',
    },
    {
      name: 'a promise that speaks for itself',
      code: run(
        `return Object.defineProperty(Promise.resolve(1), 'then', { value: (go) => { go(2); go(3); throw new Error('x') } })`,
      ),
      outcome: 'ok',
      value: 2,
      asynchronous: true,
      why: 'the first answer of a promise is the only one',
    },
    {
      name: 'a thenable that answers twice, then throws',
      code: runAsync("return { then(yes, no) { yes({ a: 1 }); no(new Error('late')); throw 1 } }"),
      outcome: 'ok',
      value: { a: 1 },
      asynchronous: true,
    },
    {
      name: 'a thenable whose then throws',
      code: run("return { get then() { throw new Error('no') } }"),
      outcome: 'threw',
      message: /no/,
    },
    {
      name: 'a then that is there on every second look',
      code: run('let n = 0; return { a: 1, get then() { return n++ % 2 ? (go) => go(1) : undefined } }'),
      outcome: 'wrong-type',
    },
    {
      name: 'a subclass of Promise as the result',
      code: run('class P extends Promise { then(go) { go("forged"); return 1 } } return new P(() => {})'),
      outcome: 'ok',
      value: 'forged',
      asynchronous: true,
      why: 'a promise of theirs may settle as they like: the value is checked like any other',
    },
    {
      name: 'arguments of a request that change as they are read',
      code: runAsync('let n = 0; return host.store.get({ get a() { return ++n } }, new Proxy([1], {}))'),
      outcome: 'ok',
      value: [{ a: 1 }, [1]],
      asynchronous: true,
      hostMethods: ['store.get'],
    },
    {
      name: 'a request within the reading of a request',
      code: runAsync('return host.store.get({ get a() { host.store.get("inner"); return "outer" } })'),
      outcome: 'ok',
      value: [{ a: 'outer' }],
      asynchronous: true,
      hostMethods: ['store.get'],
    },
    {
      name: 'a request within the reading of a result',
      code: runAsync('return { get a() { host.store.get({ deep: { b: Math.max } }); return 1 } }'),
      outcome: 'threw',
      asynchronous: true,
      hostMethods: ['store.get'],
      message: /store\.get: arguments\[0\]\.deep\.b is a function/,
    },
    {
      name: 'an answer that is changed',
      code: runAsync(
        'const answer = await host.store.get({ a: [1] }); try { answer[0].a.push(2) } catch {} return answer',
      ),
      outcome: 'ok',
      value: [{ a: [1] }],
      asynchronous: true,
      hostMethods: ['store.get'],
    },
    {
      name: 'a host whose methods are replaced',
      code: runAsync("host.store.get = () => 'forged'; return host.store.get(1)"),
      outcome: 'threw',
      asynchronous: true,
      hostMethods: ['store.get'],
    },
    {
      name: 'a request with a name of its own choice',
      code: runAsync("return Reflect.apply(host.store.get, { method: 'other' }, ['__proto__'])"),
      outcome: 'ok',
      value: ['__proto__'],
      asynchronous: true,
      hostMethods: ['store.get'],
    },
  ],
}
