/**
 * Guest code, part 1: the room the learner's module runs in. Evaluated once per engine, before any learner code exists.
 *
 * It takes away what is not deterministic (the clock, chance), then freezes every intrinsic object, so that nothing the
 * learner does can change what our own guest code or an exercise's adapter relies on.
 *
 * Freezing a prototype has a known side effect, the "override mistake": assigning `error.name = …` to an object whose
 * prototype has a read-only `name` throws. Honest code does that, so on the prototypes where it is usual each data property
 * becomes an accessor pair whose setter defines the property on the object that was assigned to.
 * Upstream: ECMA-262 10.1.9.2 OrdinarySetWithOwnDescriptor; SES `enable-property-overrides`.
 */
export const hardenSource = String.raw`
function notHere(what, remedy) {
  throw new Error(what + ' is not available here: a run must be the same every time. Use ' + remedy + ' instead.')
}

function replaceClockAndChance() {
  const RealDate = Date
  // Dates that are made from a value are pure, and Kubernetes objects are full of timestamps: only "now" is refused.
  function SafeDate(...parts) {
    if (new.target === undefined || parts.length === 0) notHere('The current date', 'ctx.now()')
    return Reflect.construct(RealDate, parts, new.target)
  }
  Object.defineProperties(SafeDate, {
    name: { value: 'Date' },
    length: { value: 7 },
    prototype: { value: RealDate.prototype, writable: false },
    parse: { value: RealDate.parse },
    UTC: { value: RealDate.UTC },
    now: { value: function now() { notHere('Date.now()', 'ctx.now()') } },
  })
  Object.defineProperty(RealDate.prototype, 'constructor', { value: SafeDate })
  Object.defineProperty(globalThis, 'Date', { value: SafeDate })
  Object.defineProperty(Math, 'random', { value: function random() { notHere('Math.random()', 'ctx.random()') } })
}

function cureOverrideMistake(prototype, keys = Object.getOwnPropertyNames(prototype)) {
  for (const key of keys) {
    const found = Object.getOwnPropertyDescriptor(prototype, key)
    if (found === undefined || !found.configurable || !('value' in found)) continue
    const { value } = found
    Object.defineProperty(prototype, key, {
      enumerable: found.enumerable,
      get() { return value },
      set(replacement) {
        if (this === prototype) throw new TypeError("'" + key + "' of a built-in prototype is read-only")
        if (Object.hasOwn(this, key)) this[key] = replacement
        else Object.defineProperty(this, key, { value: replacement, writable: true, enumerable: true, configurable: true })
      },
    })
  }
}

// Intrinsics that no global name leads to; one sample of each leads to its prototype.
function hiddenIntrinsics() {
  function* generator() {}
  async function* asyncGenerator() {}
  return [
    generator, asyncGenerator, async function () {}, generator(), asyncGenerator(),
    [].values(), new Map().entries(), new Set().values(), ''[Symbol.iterator](), 'a'.matchAll(/a/g),
    [].values().map((item) => item), Iterator.from({ next() {} }),
  ]
}

function freezeReachable(roots) {
  const reached = new Set()
  const waiting = [...roots]
  while (waiting.length > 0) {
    const item = waiting.pop()
    if (item === null || (typeof item !== 'object' && typeof item !== 'function') || reached.has(item)) continue
    reached.add(item)
    waiting.push(Object.getPrototypeOf(item))
    for (const key of Reflect.ownKeys(item)) {
      const found = Object.getOwnPropertyDescriptor(item, key)
      if ('value' in found) waiting.push(found.value)
      else waiting.push(found.get, found.set)
    }
  }
  for (const item of reached) Object.freeze(item)
}

function harden() {
  replaceClockAndChance()
  const errors = [Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, InternalError]
  for (const kind of errors) cureOverrideMistake(kind.prototype)
  cureOverrideMistake(Object.prototype)
  cureOverrideMistake(Function.prototype)
  // Elsewhere only what people do replace: an accessor is slower, and these methods are what loops are made of.
  for (const kind of [Array, Map, Set, Promise, RegExp, Date]) cureOverrideMistake(kind.prototype, ['toString'])
  freezeReachable([globalThis, ...hiddenIntrinsics()])
}
`
