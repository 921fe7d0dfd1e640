/**
 * A learner's reflector as a process: it says what to ask of the API server, and is told what comes of it.
 *
 * What the real one does: client-go's reflector lists and watches over HTTP, in a goroutine of its own.
 * What we model: exactly that, against the simulated API server over the simulated network; the class decides, this process does.
 * What we leave out: paging, selectors, WatchList streaming; the back-off is fixed.
 * Where to read upstream: client-go `tools/cache/reflector.go`.
 */
import type { HttpResponse, WatchMessage } from '#cluster/api/http.ts'
import { pathOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, List } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import { createApiClient, openRequest } from '#cluster/client/api-client.ts'
import type { Component, Context, Effect, Event, Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import type { GuestInput } from '../sandbox/sandbox.ts'
import type { GuestShape } from './guest-shape.ts'
import { GuestMemo } from './learner-process.ts'
import type { Trial } from './trial.ts'

const adapter = String.raw`
export default (learner, tools) => {
  if (typeof learner !== 'function') tools.notAFunction('The default export is not a class: write export default class …')
  const all = new Map()
  function ask(index, name, ...given) {
    if (!all.has(index)) all.set(index, new learner())
    const own = all.get(index)
    if (typeof own[name] !== 'function') tools.notAFunction('The class has no function "' + name + '".')
    const answer = own[name](...given)
    if (typeof answer === 'object' && answer !== null && typeof answer.then === 'function')
      tools.wrongType(name + ' returned a Promise, but must answer at once: remove async and await.')
    return answer
  }
  return {
    next: (index) => ask(index, 'next') ?? null,
    on(index, heard) {
      const deltas = ask(index, 'on', heard) ?? null
      const copy = ask(index, 'cache')
      if (!(copy instanceof Map)) tools.wrongType('cache() must return a Map.')
      return { deltas, cache: [...copy] }
    },
  }
}
`

/** How a reflector is taken in: first argument of `defineChecks`. */
export const reflectorGuest = (): GuestShape => ({ adapter })

/** What it was asked, or told, and what it said. */
export type ReflectorRecord =
  { readonly asked: 'next'; readonly answer: unknown } | { readonly told: unknown; readonly answer: unknown }

/** What became of it, life by life. Shared with the check; not part of the world. */
export interface ReflectorReport {
  readonly lives: ReflectorRecord[][]
  lists: number
  watches: number
}

interface ReflectorState {
  readonly client: ApiClient
  inputs: Log<GuestInput>
  stream: StreamId
  op: 'list' | 'watch'
  /** It broke down, or said what nobody can do. */
  dead: boolean
}

const BACKOFF_MICROS: Micros = 1_000_000
const WATCH_SECONDS = '300'

/** Makes the component, and says what happens to it in the report. Run it with `{ servers }`. */
export function learnerReflector(
  trial: Trial<any>,
  resource: string,
  report: ReflectorReport,
): Component<ReflectorState, { readonly servers: readonly ProcessId[] }> {
  const memo = new GuestMemo(trial)
  return {
    name: 'reflector',
    init: ({ servers }) => ({
      client: createApiClient(servers, 'system:kube-controller-manager', ['system:masters']),
      ...{ inputs: new Log(), stream: 0, op: 'list', dead: false },
    }),
    step(state, event, ctx) {
      if (state.dead) return []
      const life = new Life(trial, resource, report, memo, state, ctx)
      life.take(event)
      return life.effects
    },
  }
}

/** One step of the process. */
class Life {
  readonly effects: Effect[] = []
  readonly #trial: Trial<any>
  readonly #resource: string
  readonly #report: ReflectorReport
  readonly #memo: GuestMemo
  readonly #state: ReflectorState
  readonly #ctx: Context

  constructor(
    trial: Trial<any>,
    resource: string,
    report: ReflectorReport,
    memo: GuestMemo,
    state: ReflectorState,
    ctx: Context,
  ) {
    this.#trial = trial
    this.#resource = resource
    this.#report = report
    this.#memo = memo
    this.#state = state
    this.#ctx = ctx
  }

  take(event: Event): void {
    const { stream, op } = this.#state
    if (event.type === 'booted') this.#boot()
    else if (event.type === 'timer') this.#next()
    else if (event.type === 'data' && event.stream === stream) {
      const message = event.body as WatchMessage | HttpResponse
      if (message.type !== 'response') this.#changed(message)
    } else if (event.type === 'closed' && event.stream === stream) {
      const response = event.reason === 'done' ? (event.body as HttpResponse | undefined) : undefined
      if (op === 'list' && response?.status === 200) this.#listed(response.body as List<KubernetesObject>)
      else this.#ended(event.reason === 'done' ? (response?.status ?? 200) : 0)
    }
  }

  #boot(): void {
    this.#report.lives.push([])
    const started = this.#trial.engine.start(this.#trial.guestOptions)
    if (!started.ok) {
      this.#trial.trap ??= { failure: started, during: 'reflector' }
      this.#state.dead = true
      return
    }
    this.#trial.adopt(started.guest)
    this.#memo.keep(this.#state.inputs, this.#first(started.guest))
    this.#act(this.#report.lives.at(-1)!.at(-1)!.answer)
  }

  /** The first question is what the memo knows a fresh guest by. */
  #first(guest: ReturnType<GuestMemo['take']>): typeof guest {
    const outcome = guest.call('next', [0])
    this.#keep(outcome.ok ? outcome.value : this.#die(outcome), 'next')
    return guest
  }

  #call(path: 'next' | 'on', ...args: unknown[]): unknown {
    const guest = this.#memo.take(this.#state.inputs)
    const outcome = guest.call(path, [0, ...args])
    this.#trial.keepConsole(guest.takeConsole(), this.#ctx.now)
    this.#memo.keep(this.#state.inputs, guest)
    return outcome.ok ? outcome.value : this.#die(outcome)
  }

  #die(failure: Parameters<Trial['crash']>[0]): undefined {
    this.#trial.trap ??= { failure, during: 'reflector' }
    this.#state.dead = true
  }

  #keep(answer: unknown, told: unknown): void {
    this.#report.lives.at(-1)?.push(told === 'next' ? { asked: 'next', answer } : { told, answer })
  }

  #next(): void {
    const answer = this.#call('next')
    this.#keep(answer, 'next')
    this.#act(answer)
  }

  #act(answer: unknown): void {
    const { op, resourceVersion } = (answer ?? {}) as { op?: unknown; resourceVersion?: unknown }
    if (op === 'list') {
      this.#report.lists++
      this.#open('list', {})
    } else if (op === 'watch' && typeof resourceVersion === 'string') {
      this.#report.watches++
      const query = { watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: WATCH_SECONDS }
      this.#open('watch', query)
    } else this.#state.dead = true
  }

  #open(op: 'list' | 'watch', query: Readonly<Record<string, string>>): void {
    this.#state.op = op
    this.#state.stream = this.#ctx.id()
    const path = pathOf(this.#resource)
    this.effects.push(openRequest(this.#state.client, this.#state.stream, { method: 'GET', path, query }))
  }

  #tell(heard: unknown): void {
    this.#keep(this.#call('on', heard), heard)
  }

  #listed({ metadata, items }: List<KubernetesObject>): void {
    this.#tell({ type: 'LISTED', resourceVersion: metadata.resourceVersion, items })
    if (this.#state.dead) return
    const answer = this.#call('next')
    this.#keep(answer, 'next')
    // Who lists again at once waits as long as after a failure: else it would never end.
    if ((answer as { op?: unknown } | null | undefined)?.op === 'list') this.#backOff()
    else this.#act(answer)
  }

  #backOff(): void {
    this.#state.stream = 0
    this.effects.push({ type: 'wake', key: 'again', after: BACKOFF_MICROS })
  }

  #changed({ event }: WatchMessage): void {
    if (event.type === 'ERROR') {
      this.effects.push({ type: 'close', stream: this.#state.stream })
      return this.#ended(event.object.code ?? 500)
    }
    const { metadata } = event.object
    const { resourceVersion } = metadata
    this.#tell({
      type: event.type,
      object: event.type === 'BOOKMARK' ? { metadata: { resourceVersion } } : event.object,
    })
  }

  #ended(code: number): void {
    this.#tell({ type: 'ENDED', code })
    this.#backOff()
  }
}
