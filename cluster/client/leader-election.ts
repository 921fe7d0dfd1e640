/**
 * Leader election: of several copies of a process one acts, and the others wait for its Lease to run out.
 *
 * What the real one does: every copy tries to write its own name into one Lease. Who holds it renews it; the others look at
 * it, and take it over once it has not changed for as long as it says. One that cannot renew in time ends itself.
 * What we model: exactly that, with the real defaults (15 s, 10 s, 2 s), the jitter of those who wait, the renewal from the
 * copy at hand, the deadline of single requests, and the Event. When the Lease was last *seen* to change counts, by timers,
 * which no change of the clock moves: the times written in the Lease are for people.
 * What we leave out: releasing the Lease at an orderly end (a process ends here only by being killed, or by losing it);
 * coordinated election (LeaseCandidate). As upstream, nothing fences: a holder that stood still and wakes may do one thing
 * more before it learns that its time is over.
 * Where to read upstream: client-go `tools/leaderelection/{leaderelection,resourcelock/leaselock}.go`.
 */
import { formatMicroTime } from '#cluster/api/meta.ts'
import type { Lease } from '#cluster/api/types.ts'
import type { Context, Effect, Event, Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import type { Answer, ApiClient, ApiRequest } from './api-client.ts'
import {
  answerOf,
  createApiClient,
  createRequest,
  getRequest,
  isOk,
  reasonOf,
  send,
  updateRequest,
} from './api-client.ts'
import type { EventRecorder } from './event-recorder.ts'
import { createEventRecorder, recordEvent } from './event-recorder.ts'

/** As the flags `--leader-elect-…` have them by default. */
const LEASE_DURATION_SECONDS = 15
const RENEW_DEADLINE_MICROS: Micros = 10_000_000
const RETRY_PERIOD_MICROS: Micros = 2_000_000
/** Those who wait come at different times: up to this many retry periods later. */
const JITTER_FACTOR = 1.2
/** Upstream gives its client half the renew deadline, so that one request that hangs does not use up the whole of it. */
const REQUEST_MICROS: Micros = RENEW_DEADLINE_MICROS / 2

const NAMESPACE = 'kube-system'
const RETRY_TIMER = 'leader-election/retry'
const DEADLINE_TIMER = 'leader-election/deadline'
const REQUEST_TIMER = 'leader-election/request'
const EXPIRY_TIMER = 'leader-election/expiry'

export interface LeaderElection {
  /** Apart from the process's other requests, as upstream's is. */
  client: ApiClient
  recorder: EventRecorder
  /** Name of the Lease. */
  readonly name: string
  /** Who it is: its machine, and a mark that the next start will not have. */
  identity: string
  leading: boolean
  /** The Lease as last seen. */
  observed: Lease | undefined
  /** It has not changed for its whole duration: nobody holds it any more. */
  expired: boolean
  /** The request under way; 0: none. */
  stream: StreamId
}

type Asked = 'get' | 'create' | 'renew' | 'take'

export interface ElectionStep {
  readonly effects: readonly Effect[]
  /** It leads from now on. */
  readonly started?: boolean
}

export function createLeaderElection(name: string, servers: readonly ProcessId[]): LeaderElection {
  return {
    client: createApiClient(servers, `system:${name}`),
    recorder: createEventRecorder(name),
    name,
    identity: '',
    leading: false,
    observed: undefined,
    expired: false,
    stream: 0,
  }
}

/** At boot: who it is, and the first try. */
export function startElection(election: LeaderElection, ctx: Context): Effect[] {
  const random = ctx.random('leader-election')
  const part = () => random.int(0x10000).toString(16).padStart(4, '0')
  election.identity = `${ctx.machine}_${part()}${part()}`
  return tryAcquireOrRenew(election, ctx)
}

/** Takes in an event if it is the election's; undefined if it is somebody else's. An `exit` among the effects is the end. */
export function stepElection(election: LeaderElection, event: Event, ctx: Context): ElectionStep | undefined {
  if (event.type === 'timer') {
    switch (event.key) {
      case RETRY_TIMER:
        return { effects: tryAcquireOrRenew(election, ctx) }
      case EXPIRY_TIMER:
        election.expired = true
        return NOTHING
      case DEADLINE_TIMER:
        // It must not act as leader any longer. Its supervisor starts it again, as one of those who wait.
        ctx.note('leaderElectionLost', { lease: election.name, identity: election.identity })
        return { effects: [{ type: 'exit', code: 1 }] }
      case REQUEST_TIMER:
        return { effects: abandon(election, ctx) }
    }
    return undefined
  }
  const answer = answerOf(election.client, event)
  if (!answer) return undefined
  if (answer.tag === undefined) return NOTHING
  election.stream = 0
  const step = settle(election, answer, ctx)
  // A failed renewal asks for the Lease at once; only what is settled ends the time that a request has.
  return election.stream === 0
    ? { ...step, effects: [{ type: 'cancelWake', key: REQUEST_TIMER }, ...step.effects] }
    : step
}

const NOTHING: ElectionStep = Object.freeze({ effects: Object.freeze([]) })

/** A holder writes from the copy at hand; everybody else looks first. */
function tryAcquireOrRenew(election: LeaderElection, ctx: Context): Effect[] {
  const { observed } = election
  if (election.leading && observed && !election.expired)
    return ask(election, ctx, updateRequest(renewed(election, observed, ctx)), 'renew')
  return look(election, ctx)
}

const look = (election: LeaderElection, ctx: Context): Effect[] =>
  ask(election, ctx, getRequest('leases', NAMESPACE, election.name), 'get')

function ask(election: LeaderElection, ctx: Context, request: ApiRequest, asked: Asked): Effect[] {
  const opened = send(election.client, ctx, request, asked)
  if (opened.type === 'open') election.stream = opened.stream
  return [opened, { type: 'wake', key: REQUEST_TIMER, after: REQUEST_MICROS }]
}

function settle(election: LeaderElection, answer: Answer, ctx: Context): ElectionStep {
  const asked = answer.tag as Asked
  if (asked === 'get') {
    if (isOk(answer)) return { effects: consider(election, answer.body as Lease, ctx) }
    if (reasonOf(answer) === 'NotFound')
      return { effects: ask(election, ctx, createRequest(newLease(election, ctx)), 'create') }
    return { effects: retry(election, ctx) }
  }
  if (isOk(answer)) return hold(election, answer.body as Lease, ctx)
  // Somebody else has written it, or its answer was lost: what there is now decides.
  return { effects: asked === 'renew' && answer.lost === undefined ? look(election, ctx) : retry(election, ctx) }
}

/** What the store has: mine, somebody's, or free. */
function consider(election: LeaderElection, lease: Lease, ctx: Context): Effect[] {
  const effects = observe(election, lease)
  const holder = lease.spec.holderIdentity ?? ''
  const isMine = holder === election.identity
  if (holder !== '' && !isMine && !election.expired) return [...effects, ...retry(election, ctx)]
  const wanted = isMine ? renewed(election, lease, ctx) : taken(election, lease, ctx)
  return [...effects, ...ask(election, ctx, updateRequest(wanted), 'take')]
}

/** Remembers it, and, if it has changed, that it did so just now. */
function observe(election: LeaderElection, lease: Lease): Effect[] {
  const isNew = election.observed?.metadata.resourceVersion !== lease.metadata.resourceVersion
  election.observed = lease
  if (!isNew) return []
  election.expired = false
  const after = (lease.spec.leaseDurationSeconds ?? LEASE_DURATION_SECONDS) * 1_000_000
  return [{ type: 'wake', key: EXPIRY_TIMER, after }]
}

/** It has written its name: the time to write it again begins anew. */
function hold(election: LeaderElection, lease: Lease, ctx: Context): ElectionStep {
  const effects: Effect[] = [
    ...observe(election, lease),
    // The deadline counts from the next try, which is one period away.
    { type: 'wake', key: DEADLINE_TIMER, after: RETRY_PERIOD_MICROS + RENEW_DEADLINE_MICROS },
    { type: 'wake', key: RETRY_TIMER, after: RETRY_PERIOD_MICROS },
  ]
  if (election.leading) return { effects }
  election.leading = true
  ctx.note('becameLeader', { lease: election.name, identity: election.identity })
  const message = `${election.identity} became leader`
  const request = recordEvent(election.recorder, ctx, {
    object: lease,
    type: 'Normal',
    reason: 'LeaderElection',
    message,
  })
  if (request) effects.push(send(election.client, ctx, request, undefined))
  return { effects, started: true }
}

function retry(election: LeaderElection, ctx: Context): Effect[] {
  const jitter = election.leading ? 0 : ctx.random('leader-election').int(RETRY_PERIOD_MICROS * JITTER_FACTOR)
  return [{ type: 'wake', key: RETRY_TIMER, after: RETRY_PERIOD_MICROS + jitter }]
}

/** The request has had its time. It may have been carried out all the same. */
function abandon(election: LeaderElection, ctx: Context): Effect[] {
  const { client, stream } = election
  if (stream === 0) return []
  client.calls.delete(stream)
  election.stream = 0
  return [{ type: 'close', stream }, ...retry(election, ctx)]
}

// ── the record ──────────────────────────────────────────────────────────────────────────────────────────────────────

const renewed = ({ identity }: LeaderElection, lease: Lease, ctx: Context): Lease => ({
  ...lease,
  spec: {
    ...lease.spec,
    holderIdentity: identity,
    leaseDurationSeconds: LEASE_DURATION_SECONDS,
    renewTime: formatMicroTime(ctx.now),
  },
})

const taken = ({ identity }: LeaderElection, lease: Lease, ctx: Context): Lease => ({
  ...lease,
  spec: freshSpec(identity, (lease.spec.leaseTransitions ?? 0) + 1, ctx),
})

const newLease = ({ name, identity }: LeaderElection, ctx: Context): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name, namespace: NAMESPACE },
  spec: freshSpec(identity, 0, ctx),
})

function freshSpec(identity: string, leaseTransitions: number, ctx: Context): Lease['spec'] {
  const now = formatMicroTime(ctx.now)
  return {
    holderIdentity: identity,
    leaseDurationSeconds: LEASE_DURATION_SECONDS,
    acquireTime: now,
    renewTime: now,
    leaseTransitions,
  }
}
