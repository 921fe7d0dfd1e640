/**
 * Guest code, part 2: values that cross the wall. Arguments arrive as JSON and are frozen all the way down; results are
 * copied, property by property, into plain data before they are written as JSON.
 *
 * Why not JSON.stringify alone: it runs `toJSON`, drops functions, turns NaN into null and a Map into {} without a word.
 * A learner is better served by "result.scores[2] is NaN". The copy also reads each property once, so a getter or a Proxy
 * cannot show one value to the check and another to the writer.
 */
export const valuesSource = String.raw`
const depthMax = 128
const limits = { outputBytes: 0, consoleBytes: 0 }

// Errors of our own making, and the outcome each one stands for. Learner code cannot add to it.
const failures = new WeakMap()
function fail(kind, message) {
  const error = new Error(message)
  failures.set(error, kind)
  throw error
}

// Calls cost more than anything else here, so leaves are told apart before the call, in this and in the copying below.
function deepFreeze(value) {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item = value[index]
      if (typeof item === 'object' && item !== null) deepFreeze(item)
    }
  } else {
    for (const key in value) {
      const item = value[key]
      if (typeof item === 'object' && item !== null) deepFreeze(item)
    }
  }
  return Object.freeze(value)
}

function nameOfType(value) {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object') return 'a ' + typeof value
  if (Array.isArray(value)) return 'an array'
  const kinds = { Map, Set, WeakMap, WeakSet, Date, RegExp, Promise }
  for (const name of Object.keys(kinds)) if (value instanceof kinds[name]) return 'a ' + name
  if (value instanceof Error) return 'an Error'
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? 'binary data' : 'an object'
}

const notData = [
  [Promise, 'await it first'],
  [Map, 'return Object.fromEntries(map) or [...map]'],
  [Set, 'return [...set]'],
  [Date, 'return date.toISOString()'],
  [Error, 'throw it, or return its message'],
  [ArrayBuffer, 'return base64 text, or an array of numbers'],
  [Object.getPrototypeOf(Uint8Array), 'return base64 text, or an array of numbers'],
  [RegExp, 'return its source'],
  [WeakMap, 'nobody else can look into it'],
  [WeakSet, 'nobody else can look into it'],
]

// Where copyData stands, kept as keys and put together only when something is wrong.
let subject = ''
let trail = []
function place() {
  const steps = trail.map((key) =>
    typeof key === 'number' ? '[' + key + ']'
      : /^[A-Za-z_$][\w$]*$/.test(key) ? '.' + key
        : '[' + JSON.stringify(key.slice(0, 60)) + ']')
  return subject + (steps.length > 12 ? steps.slice(0, 12).join('') + '…' : steps.join(''))
}

function refuse(value, remedy) {
  fail('wrong-type', place() + ' is ' + nameOfType(value) + ', which is not JSON data: ' + remedy + '.')
}

let room = 0
function spend(characters) {
  room -= characters
  if (room < 0) fail('output', String(limits.outputBytes))
}

function copyData(value) {
  if (typeof value === 'string') { spend(value.length + 2); return value }
  if (typeof value === 'boolean' || value === null) { spend(4); return value }
  if (typeof value === 'number') {
    if (value - value !== 0) refuse(value, 'numbers must be finite')
    spend(1)
    return value
  }
  if (typeof value === 'bigint') refuse(value, 'use Number(value) or String(value)')
  if (typeof value !== 'object') refuse(value, 'use strings, numbers, booleans, null, arrays and plain objects')
  if (trail.length > depthMax) {
    fail('wrong-type', place() + ' refers to itself, or is nested more than ' + depthMax + ' levels deep: JSON data has no cycles.')
  }
  if (Array.isArray(value)) return copyArray(value)
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    for (const [kind, remedy] of notData) if (value instanceof kind) refuse(value, remedy)
  }
  return copyObject(value)
}

// Where the item is not a plain leaf: keeps the trail, for messages and for the depth.
function copyAt(step, item) {
  trail.push(step)
  const data = copyData(item)
  trail.pop()
  return data
}

function copyArray(value) {
  const length = value.length
  spend(length + 2)
  const copy = []
  for (let index = 0; index < length; index++) {
    const item = value[index]
    if (typeof item === 'string') { copy[index] = item; room -= item.length + 2 }
    else if (typeof item === 'number' && item - item === 0) copy[index] = item
    else {
      if (item === undefined) { trail.push(index); refuse(item, 'use null for "nothing", or leave the item out') }
      copy[index] = copyAt(index, item)
    }
    if (room < 0) spend(0)
  }
  return copy
}

function copyObject(value) {
  const copy = {}
  const keys = Object.keys(value)
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]
    const item = value[key]
    room -= key.length + 4
    let data = item
    if (typeof item === 'string') room -= item.length
    else if (item === undefined) continue // as in JSON: a property that is undefined is absent
    else if (typeof item !== 'number' || item - item !== 0) data = copyAt(key, item)
    if (room < 0) spend(0)
    if (key === '__proto__') Object.defineProperty(copy, key, { value: data, enumerable: true })
    else copy[key] = data
  }
  return copy
}

// JSON text of a value, or '' for undefined. Throws a failure where the value is not JSON data, or is too big.
function writeData(value, name) {
  if (value === undefined) return ''
  // A getter of the learner's may come back in here through a request: its copy must not disturb this one.
  const outer = [subject, trail, room]
  try {
    subject = name
    trail = []
    room = limits.outputBytes
    const text = JSON.stringify(copyData(value))
    if (text.length > limits.outputBytes) fail('output', String(limits.outputBytes))
    return text
  } finally {
    ;[subject, trail, room] = outer
  }
}
`
