/**
 * Guest code, part 3: what was thrown, and what was logged, as bounded text. Both come straight from learner code and may be
 * anything: null, a Proxy, an Error whose `message` getter throws. Describing must not throw, and must not run for ever
 * (fuel sees to that).
 */
export const describeSource = String.raw`
const messageMax = 2000
const stackMax = 4000

function shorten(text, max) {
  return text.length <= max ? text : text.slice(0, max) + '… (' + (text.length - max) + ' more characters)'
}

function readText(object, key) {
  try {
    const value = object[key]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function isError(value) {
  try { return value instanceof Error } catch { return false }
}

// {kind, name, message, stack}: the kind is ours, the rest is only text.
function describeThrown(thrown) {
  if (typeof thrown === 'object' && thrown !== null && failures.has(thrown)) {
    return { kind: failures.get(thrown), message: thrown.message, stack: thrown.stack }
  }
  if (!isError(thrown)) return { kind: 'threw', message: 'threw ' + inspect(thrown, 0) + ' (throw an Error to say what went wrong)' }
  const name = shorten(readText(thrown, 'name') ?? 'Error', 100)
  const message = readText(thrown, 'message')
  return {
    kind: 'threw',
    name,
    message: message === undefined ? name + ' (its message cannot be read)' : shorten(message === '' ? name : name + ': ' + message, messageMax),
    stack: shorten(readText(thrown, 'stack') ?? '', stackMax),
  }
}

const itemsMax = 50
const nestingMax = 4

function inspect(value, depth) {
  try {
    return shorten(inspectUnguarded(value, depth), messageMax)
  } catch {
    return '(a value that cannot be shown)'
  }
}

function inspectUnguarded(value, depth) {
  if (typeof value === 'string') return JSON.stringify(shorten(value, messageMax))
  if (typeof value === 'bigint') return shorten(String(value), messageMax) + 'n'
  if (typeof value === 'function') return '[function ' + (readText(value, 'name') || 'without a name') + ']'
  if (typeof value !== 'object' || value === null) return String(value)
  if (isError(value)) return shorten((readText(value, 'name') ?? 'Error') + ': ' + (readText(value, 'message') ?? ''), messageMax)
  if (depth >= nestingMax) return Array.isArray(value) ? '[…]' : '{…}'
  if (Array.isArray(value)) return listed('[', Array.from({ length: Math.min(value.length, itemsMax) }, (_, index) => inspect(value[index], depth + 1)), value.length, ']')
  if (value instanceof Map) return 'Map ' + listed('{', [...value].slice(0, itemsMax).map(([key, item]) => inspect(key, depth + 1) + ' => ' + inspect(item, depth + 1)), value.size, '}')
  if (value instanceof Set) return 'Set ' + listed('{', [...value].slice(0, itemsMax).map((item) => inspect(item, depth + 1)), value.size, '}')
  if (value instanceof Promise) return 'Promise {}'
  if (value instanceof Date) return String(value)
  const keys = Object.keys(value)
  return listed('{', keys.slice(0, itemsMax).map((key) => shorten(key, 100) + ': ' + inspect(value[key], depth + 1)), keys.length, '}')
}

function listed(open, items, count, close) {
  if (items.length === 0 && count === 0) return open + close
  const more = count > items.length ? ', … ' + (count - items.length) + ' more' : ''
  const inner = open === '{' ? ' ' : ''
  return shorten(open + inner + items.join(', ') + more + inner + close, messageMax)
}

// A line of console output may be this long; all of it together is bounded by limits.consoleBytes, on the host's side too.
const lineMax = 4000
function installConsole(emit) {
  const console = {}
  for (const [name, level] of [['log', 'log'], ['info', 'log'], ['debug', 'log'], ['warn', 'warn'], ['error', 'error']]) {
    console[name] = { [name](...items) {
      if (limits.consoleBytes < 0) return
      // C's strings end at a NUL: a line with one would lose its rest on the way out.
      const text = shorten(items.map((item) => (typeof item === 'string' ? item : inspect(item, 0))).join(' '), lineMax).replaceAll('\0', '\u2400')
      limits.consoleBytes -= text.length + 1
      emit(level, text)
    } }[name]
  }
  Object.defineProperty(globalThis, 'console', { value: console, writable: true, configurable: true })
}
`
