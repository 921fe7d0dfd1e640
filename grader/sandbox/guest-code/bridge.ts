/**
 * Guest code, part 4: the bridge. One function that the host calls with an operation and JSON, and that answers with JSON.
 * It alone knows the learner's exports, the adapter's functions, the running tasks and the requests that wait for an answer;
 * nothing of it can be reached from a global, so learner code cannot see it, let alone replace it.
 *
 * It may be written in plain JavaScript because every intrinsic is frozen before the learner's module is evaluated.
 */
export const bridgeSource = String.raw`
const requestsMax = 1000
const state = {
  learner: undefined, // the learner's default export
  root: undefined, // where the host's paths start: the adapter's functions, or the learner's default export
  host: Object.freeze({}),
  hostMethods: [],
  tasks: new Set(), // running
  waiting: new Map(), // request id -> {resolve, reject, site}
  nextRequest: 1,
  requests: [], // JSON texts, taken by the host at the end of each turn
  settled: [],
}

// ---- calling in ----

function find(path) {
  let owner
  let target = state.root
  for (let index = 0; index < path.length; index++) {
    owner = target
    const isHolder = (typeof owner === 'object' && owner !== null) || typeof owner === 'function'
    target = isHolder ? owner[path[index]] : undefined
  }
  const named = path.length === 0 ? 'The default export' : JSON.stringify(path.join('.'))
  if (typeof target === 'function') return { owner, target }
  const found = target === undefined ? 'missing' : nameOfType(target)
  return fail('not-a-function', named + ' is ' + found + ': the default export must have it as a function.')
}

function invoke(path, args) {
  const { owner, target } = find(path)
  const given = deepFreeze(args)
  return state.hostMethods.length > 0 && !state.adapted
    ? Reflect.apply(target, owner, [...given, state.host])
    : Reflect.apply(target, owner, given)
}

const success = (text) => (text === '' ? '{"ok":true}' : '{"ok":true,"value":' + text + '}')
const failure = (thrown) => JSON.stringify({ ok: false, ...describeThrown(thrown) })

function isThenable(value) {
  return typeof value === 'object' && value !== null && typeof value.then === 'function'
}

function call(path, args) {
  try {
    const value = invoke(path, args)
    if (isThenable(value)) {
      fail('wrong-type', (path.join('.') || 'The default export') + ' returned a Promise, but must answer at once: remove async and await.')
    }
    return success(writeData(value, 'the result'))
  } catch (thrown) {
    return failure(thrown)
  }
}

// ---- tasks: calls that may wait ----

function settle(task, outcome) {
  if (!state.tasks.delete(task)) return
  state.settled.push('{"task":' + task + ',"outcome":' + outcome + '}')
}

function begin(task, path, args) {
  state.tasks.add(task)
  const settleWith = (value) => {
    try {
      settle(task, success(writeData(value, 'the result')))
    } catch (thrown) {
      settle(task, failure(thrown))
    }
  }
  const settleFailed = (thrown) => settle(task, failure(thrown))
  try {
    const value = invoke(path, args)
    new Promise((resolve) => resolve(value)).then(settleWith, settleFailed)
  } catch (thrown) {
    settleFailed(thrown)
  }
}

// ---- requests: calls out ----

function request(method, given) {
  let text
  try {
    text = writeData(given.map((item) => (item === undefined ? null : item)), method + ': arguments')
  } catch (thrown) {
    const { kind, message } = describeThrown(thrown)
    if (kind === 'output') throw new RangeError(method + ': arguments larger than ' + message + ' characters')
    throw kind === 'wrong-type' ? new TypeError(message) : thrown
  }
  if (state.waiting.size >= requestsMax) {
    throw new RangeError(method + ': ' + requestsMax + ' requests are waiting already; await some of them before making more')
  }
  const id = state.nextRequest++
  state.requests.push('{"id":' + id + ',"method":' + JSON.stringify(method) + ',"args":' + text + '}')
  const site = new Error().stack
  return new Promise((resolve, reject) => { state.waiting.set(id, { resolve, reject, site }) })
}

function deliver(id, answer) {
  const waiting = state.waiting.get(id)
  if (waiting === undefined) return 'unknown'
  state.waiting.delete(id)
  if (answer.error === undefined) waiting.resolve(deepFreeze(answer.value))
  else waiting.reject(makeError(answer.error, waiting.site))
  return 'delivered'
}

// A real Error of the guest. Its stack is that of the request, so that an uncaught one points at the learner's line.
function makeError(fields, site) {
  const error = new Error(String(fields.message))
  const define = (key, value, enumerable) =>
    Object.defineProperty(error, key, { value, writable: true, enumerable, configurable: true })
  for (const key of Object.keys(fields)) {
    if (key !== 'message' && key !== 'stack') define(key, deepFreeze(fields[key]), key !== 'name')
  }
  define('stack', site, false)
  return error
}

function buildHost(methods) {
  const host = {}
  for (const method of methods) {
    const steps = method.split('.')
    let owner = host
    for (const step of steps.slice(0, -1)) owner = owner[step] ??= {}
    const name = steps[steps.length - 1]
    owner[name] = { [name]: (...given) => request(method, given) }[name]
  }
  const freezeTree = (node) => {
    for (const key of Object.keys(node)) freezeTree(node[key])
    return Object.freeze(node)
  }
  return freezeTree(host)
}

// ---- setting up ----

const tools = {
  request: (method, ...given) => request(String(method), given),
  wrongType: (message) => fail('wrong-type', String(message)),
  notAFunction: (message) => fail('not-a-function', String(message)),
  get host() { return state.host },
}

function takeLearner(namespace) {
  try {
    if (!Object.hasOwn(namespace, 'default')) {
      fail('wrong-type', 'The module has no default export: end it with "export default …".')
    }
    const value = namespace.default
    const usable = (typeof value === 'object' && value !== null) || typeof value === 'function'
    if (!usable) fail('wrong-type', 'The default export is ' + nameOfType(value) + ': it must be an object of functions, a function or a class.')
    state.learner = value
    // A class stands for one object of it, made now.
    const isClass = typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
    if (!state.adapting) state.root = isClass ? new value() : value
    return success('')
  } catch (thrown) {
    return failure(thrown)
  }
}

function takeAdapter(namespace) {
  try {
    state.root = namespace.default(state.learner, Object.freeze(tools))
    state.adapted = true
    return success('')
  } catch (thrown) {
    return failure(thrown)
  }
}

function configure(options) {
  limits.outputBytes = options.outputBytes
  limits.consoleBytes = options.consoleBytes
  state.adapting = options.adapting
  state.hostMethods = options.hostMethods
  state.host = buildHost(options.hostMethods)
}

function drain() {
  const text = '{"requests":[' + state.requests.join(',') + '],"settled":[' + state.settled.join(',') + '],"waiting":' +
    state.waiting.size + ',"running":' + JSON.stringify([...state.tasks]) + '}'
  state.requests = []
  state.settled = []
  return text
}

const operations = {
  configure: (text) => { configure(JSON.parse(text)); return '' },
  learner: (text, namespace) => takeLearner(namespace),
  adapter: (text, namespace) => takeAdapter(namespace),
  thrown: (text, thrown) => failure(thrown),
  call: (text) => { const { path, args } = JSON.parse(text); return call(path, args) },
  begin: (text) => { const { task, path, args } = JSON.parse(text); begin(task, path, args); return '' },
  deliver: (text) => { const { id, answer } = JSON.parse(text); return deliver(id, answer) },
  drain: () => drain(),
  where: () => new Error().stack,
}

function bridge(operation, text, value) {
  return operations[operation](text, value)
}
`
