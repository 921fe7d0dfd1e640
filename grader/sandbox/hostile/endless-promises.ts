/** Asynchronous code that never ends: jobs that make jobs, thenables, and waiting for what never comes. */
import { run, runAsync } from './program.ts'
import type { HostileClass } from './program.ts'

export const endlessPromises: HostileClass = {
  name: 'endless promises',
  programs: [
    {
      name: 'a chain of awaits that never ends',
      code: runAsync('for (;;) await 0'),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'a loop after an await',
      code: runAsync('await Math.min(0); for (let n = 0; ; ) n = Math.max(n, 1)'),
      outcome: 'fuel',
      line: 3,
      asynchronous: true,
    },
    {
      name: 'a loop after an await, inside a catch',
      code: runAsync('try { await 0; for (;;); } catch { return 1 }'),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'two promises that feed each other',
      code: runAsync('const f = () => Promise.resolve().then(f); await f()'),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'a thenable that thens itself',
      code: runAsync('const t = { then(go) { go(t) } }; await t'),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'a thenable of thenables without end',
      code: runAsync('const t = () => ({ then: (go) => go(t()) }); return t()'),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'a thenable whose then never ends',
      code: runAsync('await { then() { for (;;); } }'),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'a then that is a getter that never ends',
      code: runAsync('return { get then() { for (;;); } }'),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'an endless loop in finally',
      code: runAsync('await Promise.reject(1).finally(() => { for (;;); })'),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'an async generator that never ends',
      code: runAsync('for await (const x of (async function* () { for (;;) yield 1 })()) x'),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'a subclass of Promise whose constructor loops',
      code: runAsync('class P extends Promise { constructor(go) { super(go); for (;;); } } await P.resolve(1)'),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'a species that makes chains grow by themselves',
      code: runAsync(`class P extends Promise { then(a, b) { return super.then((v) => P.resolve(v).then(() => a?.(v)), b) } }
    for (;;) await P.resolve(1)`),
      outcome: 'fuel',
      asynchronous: true,
    },
    {
      name: 'a floating chain of microtasks',
      code: run('const f = () => Promise.resolve().then(f); f(); return 1'),
      outcome: 'fuel',
      why: 'a call is over only when the jobs that it left are',
    },
    {
      name: 'a floating chain that the module itself began',
      code: `const f = () => Promise.resolve().then(f); f()\n${run('return 1')}`,
      outcome: 'fuel',
    },
    {
      name: 'many floating chains, each of which doubles',
      code: run('const f = () => { Promise.resolve().then(f); Promise.resolve().then(f) }; f(); return 1'),
      outcome: 'fuel',
      why: 'a job is taken from the queue’s front, so the queue doubles only once per round, and fuel ends before memory',
    },
    {
      name: 'a promise that nobody resolves',
      code: runAsync('await new Promise(() => {})'),
      outcome: 'deadlock',
      asynchronous: true,
      message: /never comes/,
    },
    {
      name: 'two tasks of one’s own that wait for each other',
      code: runAsync(
        'let a, b; a = (async () => { await 0; await b })(); b = (async () => { await 0; await a })(); await a',
      ),
      outcome: 'deadlock',
      asynchronous: true,
    },
    {
      name: 'a race of nobody',
      code: runAsync('await Promise.race([])'),
      outcome: 'deadlock',
      asynchronous: true,
    },
    {
      name: 'a request in every answer, for ever',
      code: runAsync('for (;;) await host.store.get(1)'),
      outcome: 'fuel',
      asynchronous: true,
      hostMethods: ['store.get'],
      limits: { fuel: 3_000_000 },
      why: 'each answer has a budget of its own; what the guest may spend in all ends it',
    },
    {
      name: 'a thousand requests that wait, and one more',
      code: runAsync('for (let i = 0; i < 1001; i++) host.store.get(i)'),
      outcome: 'threw',
      asynchronous: true,
      hostMethods: ['store.get'],
      message: /1000 requests are waiting/,
    },
  ],
}
