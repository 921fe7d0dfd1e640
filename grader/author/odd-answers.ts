/**
 * A solution that now and then hands over something odd: what it answers, and what it passes to a call, has a field too few, a
 * number turned round, or a value of another kind. Nothing else about it changes.
 *
 * A learner's half-written code does so all day. Whatever it is, the verdict is theirs: a check that breaks down over it says
 * `internal`, which is our mistake. Types stop none of this at run time, so each exercise is tried with such solutions.
 */

/** Of a thousand values that cross over, so many are odd: one may come alone and late, or all be odd from the start. */
const RATES = [1000, 300, 100, 30, 10, 3] as const

/** The guest's own part, in plain JavaScript. It draws by itself, since the sandbox has no chance of its own. */
const ODDITIES = `
let drawn = seed >>> 0
const below = (count) => Math.floor(((drawn = (Math.imul(drawn, 1664525) + 1013904223) >>> 0) / 2 ** 32) * count)
const ODD = [
  () => undefined, () => null, () => 0, () => -0, () => -1, () => NaN, () => 1e300, () => Number.MAX_SAFE_INTEGER,
  () => '', () => 'x', () => 'ä'.repeat(300), () => '2026-13-45T99:99:99Z', () => '10.0.0.300/99', () => true,
  () => [], () => [null], () => [[]], () => ({}), () => ({ metadata: null }), () => ({ spec: 1 }), () => ({ length: -1 }),
]
const odd = () => ODD[below(ODD.length)]()

function copyOf(value) {
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, copyOf(one)]))
  if (Array.isArray(value)) return value.map(copyOf)
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copyOf(one)]))
}

function placesIn(value, places = []) {
  if (value === null || typeof value !== 'object') return places
  for (const key of Object.keys(value)) {
    places.push([value, key])
    if (places.length < 400) placesIn(value[key], places)
  }
  return places
}

function spoil(object, key) {
  const way = below(4)
  if (way === 0) delete object[key]
  else if (way === 1 && Array.isArray(object)) object.push(copyOf(object[0]))
  else if (way === 2 && typeof object[key] === 'number') object[key] = 1 - object[key]
  else object[key] = odd()
}

function perhapsOdd(value) {
  if (typeof value === 'function' || below(1000) >= rate) return value
  const copy = copyOf(value)
  const places = placesIn(copy)
  if (places.length === 0 || below(8) === 0) return odd()
  spoil(...places[below(places.length)])
  return copy
}

/** What the harness hands in to be called: its methods are passed odd things. Data is left as it is. */
function spoiling(given) {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) return given
  const names = new Set()
  for (let at = given; at && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name)
  if (![...names].some((name) => typeof given[name] === 'function')) return given
  const get = (_, name) =>
    typeof given[name] === 'function' ? (...args) => given[name](...args.map(perhapsOdd)) : given[name]
  return new Proxy(Object.create(given), { get })
}

function oddly(method) {
  return function (...args) {
    const answer = method.apply(this, args.map(spoiling))
    return typeof answer?.then === 'function' ? answer.then(perhapsOdd) : perhapsOdd(answer)
  }
}

const isClass = (value) => typeof value === 'function' && /^class\\b/.test(Function.prototype.toString.call(value))

function answeringOddly(submission) {
  if (isClass(submission)) {
    const methods = Object.entries(Object.getOwnPropertyDescriptors(submission.prototype))
    for (const [name, { value }] of methods)
      if (name !== 'constructor' && typeof value === 'function') submission.prototype[name] = oddly(value)
    return submission
  }
  if (typeof submission === 'function') return oddly(submission)
  if (submission === null || typeof submission !== 'object') return submission
  const like = Array.isArray(submission) ? [] : Object.create(Object.getPrototypeOf(submission))
  for (const name of Reflect.ownKeys(submission)) like[name] = answeringOddly(submission[name])
  return like
}
`

/**
 * @param solution text of a module with one default export, at the beginning of a line: of a value or of a name
 * @param seed which odd things it hands over, and how often: every sixth seed does so always, another once in 300 times
 * @returns the text of such a module
 */
export function oddAnswers(solution: string, seed: number): string {
  const kept = solution
    .replace(/^export default /m, 'const submission = ')
    .replace(/^export\s*\{\s*(\w+) as default\s*\}/m, 'const submission = $1')
  if (kept === solution)
    throw new Error('the solution has no line that begins with `export default`: write its export so, alone')
  // In a function, so that no name of ours is one of the solution's.
  const rate = RATES[seed % RATES.length]!
  const oddly = `((seed, rate) => {${ODDITIES}\nreturn answeringOddly })(${seed * 7919}, ${rate})`
  return `${kept}\nconst oddity = ${oddly}\nexport default oddity(submission)\n`
}
