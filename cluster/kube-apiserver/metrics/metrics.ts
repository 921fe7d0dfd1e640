/**
 * `/metrics`: what the API server says of itself to Prometheus.
 *
 * What we model: requests (how many, how long, how many now), seats of priority levels, objects by kind, watchers, the build.
 * What we leave out: what `tallies.ts` does; the watch cache's, admission's and etcd's own; the Go runtime's.
 * Where to read upstream: apiserver `pkg/endpoints/metrics`, `pkg/util/flowcontrol/metrics`, `pkg/storage/etcd3/metrics`.
 */
import type { HttpResponse } from '#cluster/api/http.ts'
import { keyOf, type Resource } from '#cluster/api/resources.ts'
import { seatsOf } from '../flowcontrol/seats.ts'
import type { PriorityLevelConfiguration } from '../flowcontrol/types.ts'
import { BUILD } from '../chain/health.ts'
import type { PendingRequest, State } from '../state.ts'
import { exposition, EXPOSITION_TYPE, type Family, type Sample } from './exposition.ts'
import { BUCKETS, LASTING, type Tallies, type Tally } from './tallies.ts'

/** Undefined where the server does not count. */
export function metricsAnswer(state: State): HttpResponse | undefined {
  const { metrics } = state
  if (!metrics) return undefined
  const families = [inflight(state), ...flows(state), longRunning(metrics), ...requests(metrics), objects(state), BUILT]
  return { type: 'response', status: 200, headers: { 'content-type': EXPOSITION_TYPE }, body: exposition(families) }
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, help, type: 'gauge', samples }) // prettier-ignore

const BUILT = gauge('kubernetes_build_info', '[BETA] Always 1; which build this is says its labels.', [
  { labels: Object.entries(BUILD).map(([name, value]) => `${name}="${value}"`).join(), value: 1 }, // prettier-ignore
])

/** Counts by what labels they have, in the order of the labels. */
function counted(labels: Iterable<string>): Sample[] {
  const counts = new Map<string, number>()
  for (const one of labels) counts.set(one, (counts.get(one) ?? 0) + 1)
  return sorted([...counts].map(([one, value]) => ({ labels: one, value })))
}

const sorted = (samples: Sample[]): Sample[] => samples.sort((a, b) => (a.labels < b.labels ? -1 : 1))

// ── requests ────────────────────────────────────────────────────────────────────────────────────────────────────────

function requests({ ended }: Tallies): Family[] {
  const rows = [...ended].sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    {
      name: 'apiserver_request_duration_seconds',
      help: '[STABLE] How long requests took, in seconds, from when they came.',
      type: 'histogram',
      samples: rows.flatMap(([labels, tally]) => histogram(labels, tally)),
    },
    {
      name: 'apiserver_request_total',
      help: '[STABLE] Requests that have been answered, by what they asked and by the code of the answer.',
      type: 'counter',
      samples: rows.flatMap(([labels, { codes }]) =>
        codes.map(([code, value]) => ({ labels: `code="${code}",${labels}`, value })),
      ),
    },
  ]
}

function histogram(labels: string, { counts, sum }: Tally): Sample[] {
  let count = 0
  const buckets = counts.map((inBucket, i): Sample => {
    count += inBucket
    return { suffix: '_bucket', labels: `${labels},le="${BUCKETS[i] ?? '+Inf'}"`, value: count }
  })
  return [...buckets, { suffix: '_sum', labels, value: sum / 1e6 }, { suffix: '_count', labels, value: count }]
}

const longRunning = ({ underway }: Tallies): Family =>
  gauge(
    'apiserver_longrunning_requests',
    '[STABLE] Requests that last and have not ended, watches foremost.',
    counted([...underway.values()].map(({ labels }) => labels.replace(/dry_run="[^"]*",/, '')).filter((labels) => LASTING.test(labels))), // prettier-ignore
  )

/** Those that have a seat, whichever way seats are given. */
function inflight(state: State): Family {
  const seated = { mutating: state.mutating, readOnly: state.reading }
  for (const { flow, stage, info } of state.requests.values()) {
    if (flow && stage !== 'flow') seated[info.verb === 'get' || info.verb === 'list' ? 'readOnly' : 'mutating']++
  }
  return gauge(
    'apiserver_current_inflight_requests',
    '[STABLE] Requests that are being answered now, by kind; those that last are not among them.',
    Object.entries(seated).map(([kind, value]) => ({ labels: `request_kind="${kind}"`, value })),
  )
}

// ── priority and fairness ───────────────────────────────────────────────────────────────────────────────────────────

function flows(state: State): Family[] {
  if (!state.options.priorityAndFairness) return []
  const names = new Map([...state.caches['flowschemas']!.objects.values()].map(({ metadata }) => [metadata.uid, metadata.name])) // prettier-ignore
  const sorted = [...state.requests.values()].filter(({ flow }) => flow !== undefined)
  const labels = ({ flow }: PendingRequest): string => `flow_schema="${names.get(flow!.schemaUid) ?? ''}",priority_level="${flow!.level || 'exempt'}"` // prettier-ignore
  const isQueued = ({ stage }: PendingRequest): boolean => stage === 'flow'
  const prefix = 'apiserver_flowcontrol'
  return [
    gauge(
      `${prefix}_current_executing_requests`,
      '[BETA] Requests that are being answered, by where priority and fairness sorted them to.',
      counted(sorted.filter((row) => !isQueued(row)).map(labels)),
    ),
    gauge(
      `${prefix}_current_inqueue_requests`,
      '[BETA] Requests that wait for a seat of their priority level.',
      counted(sorted.filter(isQueued).map(labels)),
    ),
    gauge(`${prefix}_nominal_limit_seats`, '[BETA] Seats that a priority level has by its shares.', seats(state)),
  ]
}

function seats(state: State): Sample[] {
  const levels = [...state.caches['prioritylevelconfigurations']!.objects.values()] as PriorityLevelConfiguration[]
  return sorted(
    levels
      .filter(({ spec }) => spec.type === 'Limited')
      .map((level) => ({ labels: `priority_level="${level.metadata.name}"`, value: seatsOf(state, level) })),
  )
}

// ── storage ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const qualified = ({ resource, group }: Resource): string => (group === '' ? resource : `${resource}.${group}`)

const objects = ({ cached, caches }: State): Family =>
  gauge(
    'apiserver_storage_objects',
    '[STABLE] Objects that are stored, of each kind that somebody has asked for.',
    sorted(cached.map((resource) => ({ labels: `resource="${qualified(resource)}"`, value: caches[keyOf(resource)]?.objects.size ?? 0 }))), // prettier-ignore
  )
