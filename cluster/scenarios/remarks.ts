/** The notes of a step, as one sentence: why something was decided. */
import type { Note } from '#cluster/kernel/trace.ts'

type Detail = Readonly<Record<string, any>>

const list = (items: readonly string[]): string => items.join(', ')

/** Each returns a sentence without a full stop; an empty one is left out. */
const SENTENCES: Readonly<Record<string, (detail: Detail) => string>> = {
  scheduling: ({ pod, chosen, feasible, allNodes, tiedWith = [] }) =>
    chosen === undefined
      ? `no node for ${pod}: ${feasible} of ${allNodes} fit`
      : `${chosen} for ${pod}: ${feasible} of ${allNodes} nodes fit${tiedWith.length > 0 ? `, a tie with ${list(tiedWith)} settled by chance` : ''}`,
  bound: ({ pod, nodeName }) => `${pod} is bound to ${nodeName}`,
  bindingFailed: ({ pod, nodeName, reasons }) => `${pod} could not be bound to ${nodeName}: ${list(reasons ?? [])}`,
  nodeSilent: ({ node, silentFor }) => `${node} has been silent for ${Math.round(silentFor / 1e6)} s`,
  nodeTaints: ({ node, taints = [] }) =>
    taints.length === 0
      ? `${node} has no taint any more`
      : `${node} is tainted: ${list(taints.map((taint: Detail) => `${taint['key']}:${taint['effect']}`))}`,
  evictionScheduled: ({ pod, inMicros }) => `${pod} will be evicted in ${Math.round(inMicros / 1e6)} s`,
  evicted: ({ pod, node }) => `${pod} is evicted from ${node}`,
  nodePressure: ({ pod, node, available }) =>
    `${node} has ${Math.floor(available / 1_048_576)}Mi of memory left: ${pod} is evicted from ${node}`,
  tooFewReplicas: ({ replicaSet, need, creating }) => `${replicaSet} wants ${need}: ${creating} to create`,
  tooManyReplicas: ({ replicaSet, need, deleting }) => `${replicaSet} wants ${need}: ${list(deleting)} to delete`,
  rollout: ({ deployment }) => `${deployment} needs another ReplicaSet or another size of one`,
  endpointSlices: ({ service }) => `the addresses behind ${service} have changed`,
  podGC: ({ pods }) => `${list(pods)} belong to a node that is gone`,
  podCIDR: ({ node, podCIDR }) => `${node} gets the Pod addresses ${podCIDR}`,
  CrashLoopBackOff: ({ container, seconds }) => `${container} is tried again in ${seconds} s`,
  probeFailed: ({ container, kind }) => `the ${kind} probe of ${container} has failed`,
  criError: ({ action, message }) => `${action}: ${message}`,
  conflict: ({ key }) => `somebody else has changed ${key} meanwhile; once more with the new state`,
  'lease-expired': ({ id }) => `lease ${id} has run out`,
  'watch-expired': ({ resource, wanted, oldest }) =>
    `revision ${wanted} of ${resource} is compacted; the oldest is ${oldest}`,
  relist: (detail) => `its place in the stream is gone: list again (${String(detail)})`,
  authorization: ({ user, allowed, reason }) => (allowed ? `${user} may: ${reason}` : `no rule allows it to ${user}`),
  becameLeader: ({ lease, identity }) => `it holds the lease ${lease} as ${identity}: from now on it works`,
  leaderElectionLost: ({ lease }) => `it could not renew the lease ${lease} in time: it ends itself`,
  serverHealth: ({ server, up }) => (up ? `${server} is healthy again` : `${server} has failed three checks: left out`),
  gaveUp: ({ line }) => `no answer to ${line} within 5 s`,
  callFailed: ({ key, message }) => `${key}: ${message}; it will be tried again`,
}

/** What the step said about itself; empty where it said nothing that people ask for. */
export function remarkOf(notes: readonly Note[]): string {
  const sentences: string[] = []
  for (const { kind, detail } of notes) {
    const sentence = Object.hasOwn(SENTENCES, kind) ? SENTENCES[kind]!(detail as Detail) : ''
    if (sentence) sentences.push(sentence)
  }
  return sentences.join('; ')
}
