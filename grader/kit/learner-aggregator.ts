/**
 * A learner's aggregator inside the simulation's API server: it says of each request who answers it, and what `/apis` lists.
 *
 * What the real one does: kube-aggregator is the front of every kube-apiserver; what it does not hand to another server goes on
 * to the chain behind it.
 * What we model: the server as it is. Each request that reaches it is routed by the learner's code, which is handed the
 * APIServices of the server's own cache, and one for each group and version that this server answers itself, as upstream
 * registers them. An answer that is not what it must be is kept as a finding, and ends the run.
 * What we leave out: until its caches are filled after a start, the server routes by itself; the documents at `/apis` are
 * sorted, and keep what is in them.
 */
import type { HttpRequest, HttpResponse, UserInfo } from '#cluster/api/http.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Component, Effect, Event } from '#cluster/kernel/component.ts'
import type { ApiService } from '#cluster/kube-apiserver/aggregation/api-service.ts'
import type { Route as OwnRoute } from '#cluster/kube-apiserver/aggregation/route.ts'
import { LOCAL, routeOf } from '#cluster/kube-apiserver/aggregation/route.ts'
import { localApiServices } from '#cluster/kube-apiserver/aggregation/local-services.ts'
import { kubeApiserver } from '#cluster/kube-apiserver/kube-apiserver.ts'
import { withParts } from '#cluster/kube-apiserver/parts.ts'
import type { ApiserverOptions, State } from '#cluster/kube-apiserver/state.ts'
import type { Guest } from '../sandbox/guest.ts'
import { Questions } from './questions.ts'
import type { Finding } from './stop.ts'
import type { Trial } from './trial.ts'

/** What is known of the aggregator, once the world has run. */
export interface AggregatorReport {
  /** The first answer that was not right; then nothing goes on. */
  finding: Finding | undefined
  /** Requests that it sent to another server. */
  passedOn: number
}

/** What is wrong with an answer; undefined: nothing. `who` asks. The APIServices are the server's, in the order of their names. */
export interface AggregatorJudge {
  route(
    asked: { readonly path: string; readonly who: string },
    apiServices: readonly any[],
    answer: unknown,
  ): Finding | undefined
  discover(apiServices: readonly any[], answer: unknown): Finding | undefined
}

/** A learner's route, as far as it can be carried out. */
type Said = Readonly<Record<'to' | 'namespace' | 'name' | 'port' | 'status', unknown>>

/** Makes the component; give it to the cluster under the name `kube-apiserver`. */
export function serverWithAggregator(
  trial: Trial<any>,
  judge: AggregatorJudge,
): { readonly component: Component; readonly report: AggregatorReport } {
  const report: AggregatorReport = { finding: undefined, passedOn: 0 }
  const hand = new Hand(trial, judge, report)
  const component: Component<State, ApiserverOptions> = {
    ...kubeApiserver,
    step(state, event, ctx) {
      if (trial.trap || report.finding) return []
      const route = (at: State, path: string, { name }: UserInfo): OwnRoute =>
        at.phase === 'ready' ? hand.route(at, path, name) : routeOf(at, path)
      const effects = kubeApiserver.step(state, event, withParts(ctx, { route }))
      return isDiscovery(event) && state.phase === 'ready'
        ? effects.map((one) => hand.list(state, event, one))
        : effects
    },
  }
  return { component, report }
}

const isDiscovery = (event: Event): event is Extract<Event, { type: 'opened' }> =>
  event.type === 'opened' && /^\/apis\/?$/.test((event.body as HttpRequest).path)

class Hand {
  readonly #judge: AggregatorJudge
  readonly #report: AggregatorReport
  readonly #trial: Trial<any>
  readonly #questions: Questions<Guest>
  /** Which list the guest holds. */
  #kept: string | undefined
  /** By the objects of the server's cache: a change makes another list. */
  #known: { readonly from: string; readonly all: readonly KubernetesObject[] } | undefined

  constructor(trial: Trial<any>, judge: AggregatorJudge, report: AggregatorReport) {
    this.#trial = trial
    this.#judge = judge
    this.#report = report
    this.#questions = new Questions(trial, () => trial.start())
  }

  route(state: State, path: string, who: string): OwnRoute {
    if (this.#trial.trap || this.#report.finding) return LOCAL
    const { all, from } = this.#apiServices(state)
    const answer = this.#ask(from, all, 'route', path)
    if (this.#trial.trap) return LOCAL
    this.#report.finding = this.#judge.route({ path, who }, all, answer)
    if (this.#report.finding) return LOCAL
    const { to, namespace, name, port, status } = answer as Said
    if (status === 404 || status === 503) return { status }
    if (to !== 'service') return LOCAL
    this.#report.passedOn++
    const [, , group, version] = path.split('/', 4)
    const service = { namespace: String(namespace), name: String(name), port: Number(port) }
    return { to: 'service', service, apiService: `${version}.${group}` }
  }

  /** The document at `/apis`, in the learner's order. */
  list(state: State, { stream }: { readonly stream: number }, effect: Effect): Effect {
    const body = effect.type === 'close' && effect.stream === stream ? (effect.body as HttpResponse) : undefined
    if (body?.status !== 200 || this.#trial.trap || this.#report.finding) return effect
    const { all, from } = this.#apiServices(state)
    const answer = this.#ask(from, all, 'discover')
    if (this.#trial.trap) return effect
    this.#report.finding = this.#judge.discover(all, answer)
    if (this.#report.finding) return effect
    const response: HttpResponse = { ...body, body: sorted(body.body, answer as readonly Listed[]) }
    return { type: 'close', stream, body: response }
  }

  #ask(
    from: string,
    all: readonly KubernetesObject[],
    name: 'route' | 'discover',
    ...asked: readonly string[]
  ): unknown {
    const during = `${name}(${asked.join()})`
    const ask = (guest: Guest): unknown => {
      if (this.#kept !== from) this.#trial.call(guest, 'keep', [all])
      this.#kept = from
      return this.#trial.call(guest, 'withKept', [name, ...asked], during)
    }
    return this.#questions.ask(`${from} ${during}`, ask, () => undefined)
  }

  /** Those of other servers take the place of this one's. */
  #apiServices(state: State): { readonly from: string; readonly all: readonly KubernetesObject[] } {
    const stored = [...(state.caches['apiservices']?.objects.values() ?? [])] as ApiService[]
    const others = stored.filter(({ spec }) => spec.service)
    const from = others.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).join()
    if (this.#known?.from === from) return this.#known
    const byName = new Map([...localApiServices(state), ...others].map((one) => [one.metadata.name, one]))
    const all = [...byName.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    return (this.#known = { from, all })
  }
}

interface Listed {
  readonly group: string
  readonly versions: readonly string[]
}

interface Group {
  readonly name?: string
  readonly metadata?: { readonly name: string }
  readonly versions: readonly { readonly version: string }[]
}

/** Of either form: the list of old, or the aggregated document. */
function sorted(document: unknown, order: readonly Listed[]): unknown {
  const { groups, items } = document as { readonly groups?: readonly Group[]; readonly items?: readonly Group[] }
  const of = (all: readonly Group[]): Group[] =>
    order.flatMap(({ group, versions }) => {
      const found = all.find(({ name, metadata }) => (metadata?.name ?? name) === group)
      if (!found) return []
      const inOrder = versions.flatMap((version) => found.versions.filter((one) => one.version === version))
      return [{ ...found, versions: inOrder, ...('preferredVersion' in found && { preferredVersion: inOrder[0] }) }]
    })
  return { ...(document as object), ...(groups && { groups: of(groups) }), ...(items && { items: of(items) }) }
}
