/**
 * A copy of a program that takes part in a leader election, as the learner has written it: a process with a guest inside.
 *
 * What the real one does: client-go's `LeaderElector.Run`, in every copy of a controller manager or scheduler.
 * What we model: a tick, a pause, the next tick; each call goes to the simulated API server and is given up after a second.
 * What we leave out: jitter between tries; work that goes on while a tick is under way.
 * Where to read upstream: client-go `tools/leaderelection/leaderelection.go`.
 */
import type { ApiClient } from '#cluster/client/api-client.ts'
import { answerOf, createApiClient, send } from '#cluster/client/api-client.ts'
import type { Component, Context, Effect, Event, Micros, ProcessId } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { Guest } from '../sandbox/guest.ts'
import type { Answer, GuestInput, Turn } from '../sandbox/sandbox.ts'
import type { ClientCall } from './controller-calls.ts'
import { answerFor, BadCall, lostAnswer, readCall, requestOf } from './controller-calls.ts'
import type { GuestShape } from './guest-shape.ts'
import { GuestMemo } from './learner-process.ts'
import type { Trial } from './trial.ts'

const adapter = String.raw`
export default (learner, tools) => {
  if (typeof learner !== 'function') tools.notAFunction('The default export is not a class: write export default class …')
  const elector = new learner()
  let now = 0
  const ask = (method, ...given) => tools.request(method, ...given).then(
    (answer) => { now = answer.now; return answer.value },
    (error) => { if (typeof error.now === 'number') now = error.now; throw error },
  )
  return {
    async run(name, at, identity, key) {
      now = at
      const api = Object.freeze({
        get: () => ask('get', 'Lease', key),
        create: (lease) => ask('create', lease),
        update: (lease) => ask('update', lease),
      })
      if (typeof elector[name] !== 'function') tools.notAFunction('The class has no function "' + name + '".')
      const word = await elector[name](api, Object.freeze({ now: () => now, identity }))
      if (name === 'tick' && word !== 'leading' && word !== 'standby')
        tools.wrongType('tick must answer "leading" or "standby", not ' + String(word) + '.')
      return word ?? null
    },
  }
}
`

/** How an elector is taken in: first argument of `defineChecks`. */
export const electorGuest = (): GuestShape => ({ adapter })

/** When a copy began to ask, and what it then said. True time. */
export interface ElectorRecord {
  readonly at: Micros
  readonly who: string
  readonly what: 'started' | 'asks' | 'leading' | 'standby' | 'throws' | 'stopped'
}

/** Shared with the check; not part of the world. */
export interface ElectorReport {
  readonly records: ElectorRecord[]
}

interface ElectorState {
  readonly client: ApiClient
  inputs: Log<GuestInput>
  /** Calls on their way, by the guest's number. */
  open: Table<number, ClientCall>
  /** Where it is: it rests, it asks, or it is about to stop. */
  phase: 'resting' | 'asking' | 'stopping' | 'over'
  stops: boolean
}

export const LEASE_KEY = { namespace: 'kube-system', name: 'web-controller' } as const
const RETRY_MICROS: Micros = 2_000_000
const CALL_MICROS: Micros = 1_000_000

/** Makes one copy, called `name`. Run it with `{ servers }`; a message `{type: 'stop'}` ends it in good order. */
export function learnerElector(
  trial: Trial<any>,
  name: string,
  report: ElectorReport,
): Component<ElectorState, { readonly servers: readonly ProcessId[] }> {
  const memo = new GuestMemo(trial)
  return {
    name,
    init: ({ servers }) => ({
      client: createApiClient(servers, 'system:kube-controller-manager', ['system:masters']),
      ...{ inputs: new Log(), open: new Table(), phase: 'resting', stops: false },
    }),
    step(state, event, ctx) {
      if (state.phase === 'over') return []
      const life = new Life(trial, name, report, memo, state, ctx)
      life.take(event)
      return life.effects
    },
  }
}

/** One step of the process. */
class Life {
  readonly effects: Effect[] = []
  readonly #trial: Trial<any>
  readonly #name: string
  readonly #report: ElectorReport
  readonly #memo: GuestMemo
  readonly #state: ElectorState
  readonly #ctx: Context

  constructor(
    trial: Trial<any>,
    name: string,
    report: ElectorReport,
    memo: GuestMemo,
    state: ElectorState,
    ctx: Context,
  ) {
    this.#trial = trial
    this.#name = name
    this.#report = report
    this.#memo = memo
    this.#state = state
    this.#ctx = ctx
  }

  take(event: Event): void {
    if (event.type === 'booted') return this.#boot()
    if (event.type === 'message') {
      this.#state.stops = true
      if (this.#state.phase === 'resting') this.#begin('release')
      return
    }
    if (event.type === 'timer') {
      if (event.key === 'tick') {
        if (this.#state.phase === 'resting') this.#begin('tick')
        return
      }
      const id = Number(event.key)
      if (this.#state.open.has(id)) this.#deliver(id, lostAnswer(this.#nowMs()))
      return
    }
    const answer = answerOf(this.#state.client, event)
    if (!answer) return
    const id = answer.tag as number
    const call = this.#state.open.get(id)
    // Given up by now.
    if (call) this.#deliver(id, answerFor(call, answer, this.#nowMs()))
  }

  #boot(): void {
    this.#note('started')
    const started = this.#trial.engine.start(this.#trial.guestOptions)
    if (!started.ok) return this.#die(started)
    this.#trial.adopt(started.guest)
    this.#begin('tick', started.guest)
  }

  #begin(name: 'tick' | 'release', guest?: Guest): void {
    this.#state.phase = name === 'tick' ? 'asking' : 'stopping'
    this.#note('asks')
    this.#enter((own) => own.begin('run', [name, this.#nowMs(), this.#name, LEASE_KEY]), guest)
  }

  #deliver(id: number, answer: Answer): void {
    this.#state.open.delete(id)
    this.effects.push({ type: 'cancelWake', key: String(id) })
    this.#enter((guest) => guest.deliver(id, answer))
  }

  #enter(act: (guest: Guest) => Turn, fresh?: Guest): void {
    const guest = fresh ?? this.#memo.take(this.#state.inputs)
    const turn = act(guest)
    this.#trial.keepConsole(turn.console, this.#trial.built?.now)
    if (turn.trap) return this.#die(turn.trap)
    for (const { outcome } of turn.settled) {
      if (!outcome.ok && outcome.kind !== 'threw') return this.#die(outcome)
      this.#settled(outcome.ok ? outcome.value : undefined)
    }
    for (const request of turn.requests) this.#perform(request)
    const [stuck] = turn.stuck
    if (stuck) return this.#die(stuck.outcome)
    this.#memo.keep(this.#state.inputs, guest)
  }

  /** Who throws does not know, and so does not lead. */
  #settled(word: unknown): void {
    if (this.#state.phase === 'stopping') {
      this.#note('stopped')
      this.#state.phase = 'over'
      return
    }
    this.#note(word === 'leading' || word === 'standby' ? word : 'throws')
    this.#state.phase = 'resting'
    this.effects.push({ type: 'wake', key: 'tick', after: this.#state.stops ? 0 : RETRY_MICROS })
    if (this.#state.stops) this.#begin('release')
  }

  #perform(request: Turn['requests'][number]): void {
    let call: ClientCall
    try {
      call = readCall(request)
    } catch (thrown) {
      if (!(thrown instanceof BadCall)) throw thrown
      return this.#refuse(thrown.message)
    }
    const { name, namespace, resource } = call
    if (resource !== 'leases' || name !== LEASE_KEY.name || namespace !== LEASE_KEY.namespace)
      return this.#refuse('There is one Lease, web-controller in kube-system: give it this name and namespace.')
    this.#state.open.set(call.id, call)
    this.effects.push(send(this.#state.client, this.#ctx, requestOf(call), call.id))
    this.effects.push({ type: 'wake', key: String(call.id), after: CALL_MICROS })
  }

  /** What makes no sense ends the run: there is nobody who would answer it. */
  #refuse(message: string): void {
    this.#die({ ok: false, kind: 'wrong-type', message })
  }

  #die(failure: Parameters<Trial['crash']>[0]): void {
    this.#trial.trap ??= { failure, during: this.#name }
    this.#state.phase = 'over'
  }

  #note(what: ElectorRecord['what']): void {
    this.#report.records.push({ at: this.#trial.built?.now ?? this.#ctx.now, who: this.#name, what })
  }

  #nowMs(): number {
    return Math.floor(this.#ctx.now / 1000)
  }
}
