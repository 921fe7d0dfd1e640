/** Changing what everybody's code stands on: every intrinsic is frozen before the learner's module is evaluated. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

/** Every intrinsic that some syntax leads to and no global names. */
const hidden = `[function* () {}, async function* () {}, async () => {}, new Map().keys(), new Set().keys(), ''[Symbol.iterator](),
    'a'.matchAll(/a/g), [].values(), Object.getPrototypeOf((function* () {})()), Object.getPrototypeOf((async function* () {})()), [].values().map((x) => x), Iterator.from({ next() {} })]`

export const intrinsics: HostileClass = {
  name: 'tampering with intrinsics',
  programs: [
    {
      name: 'patching the iterators that every spread uses',
      code: run('Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })'),
      outcome: 'threw',
    },
    {
      name: 'patching the prototypes that no global names',
      code: run(
        `return ${hidden}.map((item) => Object.isFrozen(Object.getPrototypeOf(item)) && Object.isFrozen(Object.getPrototypeOf(item).constructor))`,
      ),
      outcome: 'ok',
      value: Array.from({ length: 12 }, () => true),
    },
    {
      name: 'looking for anything reachable that is not frozen',
      code: run(`const seen = new Set(), loose = []
    const visit = (item, path) => {
      if (item === null || (typeof item !== 'object' && typeof item !== 'function') || seen.has(item)) return
      seen.add(item)
      if (!Object.isFrozen(item)) loose.push(path)
      visit(Object.getPrototypeOf(item), path + '.__proto__')
      for (const key of Reflect.ownKeys(item)) {
        const found = Object.getOwnPropertyDescriptor(item, key)
        for (const part of ['value', 'get', 'set']) visit(found[part], path + '.' + String(key))
      }
    }
    visit(globalThis, 'globalThis')
    for (const item of ${hidden}) visit(Object.getPrototypeOf(item), 'hidden')
    return loose`),
      outcome: 'ok',
      value: [],
    },
    {
      name: 'a then of its own on every promise',
      code: runAsync('Promise.prototype.then = function (go) { go({ ok: true }) }'),
      outcome: 'threw',
      asynchronous: true,
    },
    {
      name: 'a constructor of its own on every promise',
      code: runAsync('Object.defineProperty(Promise, Symbol.species, { value: function () {} })'),
      outcome: 'threw',
      asynchronous: true,
    },
    {
      name: 'patching Array.prototype',
      code: run("'use strict'; Array.prototype.push = () => 0"),
      outcome: 'threw',
      message: /read-only/,
    },
    {
      name: 'patching Array.prototype with an index',
      code: run("Object.defineProperty(Array.prototype, 0, { get: () => 'forged', set() {} })"),
      outcome: 'threw',
    },
    {
      name: 'patching Object.prototype',
      code: run('Object.prototype.toJSON = () => 42'),
      outcome: 'threw',
      message: /not extensible/,
    },
    {
      name: 'defining on Object.prototype',
      code: run("Object.defineProperty(Object.prototype, 'ok', { value: true })"),
      outcome: 'threw',
    },
    {
      name: 'a then on Object.prototype',
      code: run(
        "Reflect.defineProperty(Object.prototype, 'then', { value: (go) => go(1) }); return {}.then === undefined",
      ),
      outcome: 'ok',
      value: true,
    },
    {
      name: 'assigning over the accessors that cure the override mistake',
      code: run(
        "for (const key of ['toString', 'constructor', 'valueOf', 'hasOwnProperty']) Object.prototype[key] = () => 'forged'",
      ),
      outcome: 'threw',
      message: /read-only/,
    },
    {
      name: 'those accessors, borrowed for another object',
      code: run(`const { set } = Object.getOwnPropertyDescriptor(Object.prototype, 'toString')
    const tries = [Array.prototype, JSON, Math, globalThis, Function.prototype].map((target) => {
      try { set.call(target, () => 'forged'); return 'set' } catch { return 'refused' }
    })
    return [...tries, [].toString()]`),
      outcome: 'ok',
      value: ['refused', 'refused', 'refused', 'refused', 'refused', ''],
    },
    { name: 'patching JSON', code: run('JSON.stringify = () => \'{"ok":true}\'; return 1'), outcome: 'threw' },
    {
      name: 'patching through sloppy code',
      code: run("Function('JSON.stringify = () => 0; Array.prototype.map = 1; leak = 2')(); return [1].map((x) => x)"),
      outcome: 'ok',
      value: [1],
      why: 'sloppy code fails in silence, and changes nothing',
    },
    {
      name: 'patching while the module is evaluated',
      code: `for (const [target, key] of [[JSON, 'parse'], [Map.prototype, 'get'], [Array.prototype, 'includes'], [Function.prototype, 'call'], [String.prototype, 'split']])
  try { Object.defineProperty(target, key, { value: () => 'forged' }) } catch {}
${run("return [JSON.parse('1'), new Map([[1, 2]]).get(1), [1].includes(2), 'a,b'.split(',')]")}`,
      outcome: 'ok',
      value: [1, 2, false, ['a', 'b']],
    },
    { name: 'patching through __proto__', code: run('({}).__proto__.polluted = 1'), outcome: 'threw' },
    {
      name: 'patching through __defineGetter__',
      code: run("Object.prototype.__defineGetter__('polluted', () => 1)"),
      outcome: 'threw',
    },
    {
      name: 'Object.assign onto a prototype',
      code: run('Object.assign(Object.getPrototypeOf({}), { polluted: 1 })'),
      outcome: 'threw',
    },
    {
      name: 'a setter of super that reaches a prototype',
      code: run(
        'class A { m() { super.polluted = 1; return [this.polluted, {}.polluted === undefined] } } return new A().m()',
      ),
      outcome: 'ok',
      value: [1, true],
    },
    { name: 'a new global', code: run('globalThis.bridge = 1'), outcome: 'threw' },
    { name: 'replacing a global', code: run('globalThis.Promise = null'), outcome: 'threw' },
    {
      name: 'a var of Function code that shadows a global',
      code: run("(0, eval)('var JSON = 1; var Promise = 2; function Map() {}'); return typeof JSON"),
      outcome: 'threw',
    },
    {
      name: 'a let in the global scope',
      code: run("(0, eval)('let Array = 7; const Map = 8'); return (0, eval)('typeof Array')"),
      outcome: 'ok',
      value: 'function',
      why: 'what eval declares is its own',
    },
    {
      name: 'the same let, and then a result',
      code: run("(0, eval)('let JSON = { stringify: () => 0 }, WeakMap = 1, String = 2'); return { a: [1, 'x'] }"),
      outcome: 'ok',
      value: { a: [1, 'x'] },
    },
    {
      name: 'changing the prototype of a built-in',
      code: run('Object.setPrototypeOf(Array.prototype, null)'),
      outcome: 'threw',
    },
    {
      name: 'changing the prototype of the global object',
      code: run('globalThis.__proto__ = { JSON: 1 }'),
      outcome: 'threw',
    },
    {
      name: 'a species that answers for map',
      code: run(
        'const a = [1, 2]; Object.defineProperty(a, "constructor", { value: { [Symbol.species]: function () { return { length: 9 } } } }); return a.map((x) => x)',
      ),
      outcome: 'ok',
      value: { 0: 1, 1: 2, length: 9 },
      why: 'their own array may do with itself what it likes',
    },
    {
      name: 'taking properties away',
      code: run("for (const key of ['stringify', 'parse']) delete JSON[key]"),
      outcome: 'threw',
    },
    {
      name: 'the state of a regular expression of ours',
      code: run(
        'const all = Object.getOwnPropertyNames(RegExp).filter((k) => /^[$]|last|left|right|input/i.test(k)); return all',
      ),
      outcome: 'ok',
      value: [],
    },
    {
      name: 'arguments that are changed for the next call',
      code: `const kept = []\nexport default { run: (...given) => { kept.push(given); try { given[0].x = 1 } catch (e) { return e.name } return 'none' } }`,
      outcome: 'ok',
      value: 'TypeError',
      why: 'there is no argument here; undefined has no properties',
    },
  ],
}
