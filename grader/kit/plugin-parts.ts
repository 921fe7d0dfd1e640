/**
 * What the guest sides of scheduler plugins share: text that their adapters begin with, run inside the VM.
 *
 * `cycleState()` makes a cycle's scratch paper, `copyOf` one to play "what if" with, as upstream's Clone does; `statusReader`
 * makes the function that reads an answer, in words that name who gave it.
 */
export const pluginParts = String.raw`
const CODES = ['Success', 'Unschedulable', 'UnschedulableAndUnresolvable', 'Wait', 'Skip', 'Error']
const NO_REASONS = ' returned reasons that are not a list of texts: write reasons: [\'Insufficient cpu\'].'

const dataOf = new WeakMap()

function cycleState(data = new Map()) {
  const state = Object.freeze({
    read: (key) => data.get(key),
    write: (key, value) => { data.set(key, value) },
    delete: (key) => { data.delete(key) },
  })
  dataOf.set(state, data)
  return state
}

const copyOfState = (state) => {
  const known = new Map()
  return cycleState(new Map([...dataOf.get(state)].map(([key, value]) => [key, copyOf(value, known)])))
}

// What nobody can change, a Pod that was handed in for instance, keeps its identity.
const isAllFrozen = (value) =>
  typeof value !== 'object' || value === null ||
  (Object.isFrozen(value) && !(value instanceof Map || value instanceof Set) && Object.values(value).every(isAllFrozen))

// Upstream's state data clone themselves. Here whatever has no clone() of its own is copied.
function copyOf(value, known) {
  if (isAllFrozen(value)) return value
  if (known.has(value)) return known.get(value)
  if (typeof value.clone === 'function') return value.clone()
  if (value instanceof WeakMap || value instanceof WeakSet) return value
  if (value instanceof Map || value instanceof Set) {
    const copy = value instanceof Map ? new Map() : new Set()
    known.set(value, copy)
    if (value instanceof Map) for (const [key, item] of value) copy.set(copyOf(key, known), copyOf(item, known))
    else for (const item of value) copy.add(copyOf(item, known))
    return copy
  }
  const copy = Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value))
  known.set(value, copy)
  for (const key of Object.keys(value)) {
    Object.defineProperty(copy, key, { value: copyOf(value[key], known), writable: true, enumerable: true, configurable: true })
  }
  return copy
}

const statusReader = (tools) => {
  function statusOf(value, who) {
    if (value === undefined || value === null) return { code: 'Success', reasons: [] }
    if (typeof value !== 'object' || Array.isArray(value)) {
      if (typeof value === 'object') tools.wrongType(who + ' returned an array: return a Status {code, reasons}.')
      tools.wrongType(who + ' returned ' + String(value) + ': return a Status {code, reasons}.')
    }
    if (typeof value.then === 'function') tools.wrongType(who + ' returned a Promise, but must answer at once: remove async and await.')
    const code = value.code
    if (!CODES.includes(code)) {
      tools.wrongType(who + ' returned the code ' + JSON.stringify(code ?? null) + ': use one of ' + CODES.join(', ') + '.')
    }
    const reasons = value.reasons
    if (reasons === undefined || reasons === null) return { code, reasons: [] }
    if (!Array.isArray(reasons)) tools.wrongType(who + NO_REASONS)
    // Read by index, and once: the array's methods, its iterator and its items may be anything.
    const texts = []
    const length = reasons.length
    for (let index = 0; index < length; index++) {
      const reason = reasons[index]
      if (typeof reason !== 'string') tools.wrongType(who + NO_REASONS)
      texts[index] = reason
    }
    return { code, reasons: texts }
  }
  return statusOf
}
`
