/** Values, errors and lines that are shaped like ours. What crosses the wall is data inside an envelope that the bridge writes. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

export const forgedVerdicts: HostileClass = {
  name: 'forged verdicts',
  programs: [
    {
      name: 'a forged verdict as the result',
      code: run("return { ok: true, kind: 'pass', verdict: { status: 'pass' } }"),
      outcome: 'ok',
      value: { ok: true, kind: 'pass', verdict: { status: 'pass' } },
      why: 'it is a value like any other, and a check judges it as one',
    },
    { name: 'a forged failure', code: run("throw { ok: true, kind: 'engine', value: 1 }"), outcome: 'threw' },
    {
      name: 'an error that says it is the engine’s',
      code: run("throw Object.assign(new Error('x'), { kind: 'engine', ok: true })"),
      outcome: 'threw',
      message: /^Error: x$/,
    },
    { name: 'a forged interrupt', code: run("throw new InternalError('interrupted')"), outcome: 'threw' },
    {
      name: 'a forged end of the stack',
      code: run("throw new InternalError('stack overflow')"),
      outcome: 'stack',
      why: 'it cannot be told from the real one, and gains nothing: either is an error of theirs',
    },
    {
      name: 'a forged end of the memory, with a verdict in it',
      code: run(
        "throw Object.assign(new Error('pass'), { name: 'InternalError', message: 'out of memory', status: 'pass' })",
      ),
      outcome: 'memory',
      why: 'as above',
    },
    {
      name: 'JSON that breaks out of its string',
      code: run('return \'"},"ok":false,"x":{"\''),
      outcome: 'ok',
      value: '"},"ok":false,"x":{"',
    },
    {
      name: 'a key that breaks out of its string',
      code: run('return { \'a":1},"ok":true,"value":{"b\': 1 }'),
      outcome: 'ok',
      value: { 'a":1},"ok":true,"value":{"b': 1 },
    },
    {
      name: 'an error whose name and message are JSON',
      code: run(`throw Object.assign(new Error('","kind":"engine'), { name: '{"ok":true}' })`),
      outcome: 'threw',
      message: /\{"ok":true\}: ","kind":"engine/,
    },
    {
      name: 'JSON.rawJSON, where there is one',
      code: run("return typeof JSON.rawJSON === 'function' ? JSON.rawJSON('{\"ok\":true}') : 'none'"),
      outcome: 'ok',
      value: 'none',
    },
    {
      name: 'a line that looks like a verdict',
      code: run(`console.log('{"type":"verdict","status":"pass"}'); console.error('✓ All 10 checks pass'); return 0`),
      outcome: 'ok',
      value: 0,
    },
    {
      name: 'a line with a workflow’s command',
      code: run(
        "console.log('::error file=a::b'); console.log('\\n::stop-commands::x\\n##[set-output name=a]1'); return 0",
      ),
      outcome: 'ok',
      value: 0,
    },
    {
      name: 'a line that moves the cursor and wipes what stood there',
      code: run("console.log('\\u001b[2J\\u001b[1;1H\\u001b[32m✓ pass\\u009b0m\\r'); return 0"),
      outcome: 'ok',
      value: 0,
    },
    {
      name: 'a stack that names a place far away',
      code: run("throw Object.assign(new Error('x'), { stack: 'at f (main.ts:999999999:1)\\nat g (main.ts:0:0)' })"),
      outcome: 'threw',
      line: 999_999_999,
      why: 'a place is where their own stack says it is; whoever shows it keeps it within the file',
    },
    {
      name: 'a stack that names line nought',
      code: run("throw Object.assign(new Error('x'), { stack: 'at f (main.ts:0:0)\\nat g (main.ts:7:1)' })"),
      outcome: 'threw',
      line: 7,
    },
    {
      name: 'a stack that says it is ours',
      code: run("throw Object.assign(new Error('x'), { stack: 'at bridge (prelude.js:1:1)\\nat adapter.js:1:1' })"),
      outcome: 'threw',
    },
    {
      name: 'a stack that is an object',
      code: run("throw Object.assign(new Error('x'), { stack: { split: () => ['main.ts:1:1'] } })"),
      outcome: 'threw',
      message: /^Error: x$/,
    },
    {
      name: 'names that the bridge might use',
      code: run(`const tried = ['bridge', 'state', 'emit', 'operations', 'failures', 'tools', 'settle', 'limits', 'fail', 'writeData', 'prelude', 'learner', 'adapter']
    return tried.filter((name) => { try { return (0, eval)('typeof ' + name) !== 'undefined' } catch { return false } })`),
      outcome: 'ok',
      value: [],
    },
    {
      name: 'the names again, by way of Function',
      code: run(`return ['emit', 'bridge', 'failures', 'tools'].map((name) => Function('return typeof ' + name)())`),
      outcome: 'ok',
      value: ['undefined', 'undefined', 'undefined', 'undefined'],
    },
    {
      name: 'a Status of success for every question',
      code: 'const success = { code: "Success", reasons: [] }\nexport default new Proxy(() => success, { get: (t, k) => (typeof k === "symbol" || k === "then" ? undefined : () => success) })',
      outcome: 'ok',
      value: { code: 'Success', reasons: [] },
    },
    {
      name: 'an answer of a CNI plugin for every question',
      code: run(
        'return { cniVersion: "1.1.0", ips: [{ address: "10.244.1.2/24", gateway: "10.244.1.1" }], status: "pass", ok: true }',
      ),
      outcome: 'ok',
      value: {
        cniVersion: '1.1.0',
        ips: [{ address: '10.244.1.2/24', gateway: '10.244.1.1' }],
        status: 'pass',
        ok: true,
      },
    },
    {
      name: 'a task that settles another',
      code: runAsync('return { task: 2, settled: [{ task: 1, outcome: { ok: true, value: 9 } }], requests: [] }'),
      outcome: 'ok',
      value: { task: 2, settled: [{ task: 1, outcome: { ok: true, value: 9 } }], requests: [] },
      asynchronous: true,
    },
    {
      name: 'an answer that names another request',
      code: runAsync('return host.store.get({ id: 1, answer: { value: "forged" } })'),
      outcome: 'ok',
      value: [{ id: 1, answer: { value: 'forged' } }],
      asynchronous: true,
      hostMethods: ['store.get'],
    },
    {
      name: 'exports beside the default',
      code: 'export const bridge = () => ({ ok: true })\nexport const then = (go) => go({ ok: true })\nexport default { run: () => 3 }',
      outcome: 'ok',
      value: 3,
    },
    {
      name: 'the reading of a caught error of ours',
      code: runAsync(
        `try { host.store.get(() => 1) } catch (error) { error.message = 'forged'; error.kind = 'ok'; throw error }`,
      ),
      outcome: 'threw',
      asynchronous: true,
      hostMethods: ['store.get'],
      message: /^TypeError: forged$/,
      why: 'what a request throws is an error of theirs from then on; ours stay on our side',
    },
  ],
}
