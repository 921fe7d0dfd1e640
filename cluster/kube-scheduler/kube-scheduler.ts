/**
 * kube-scheduler: gives every Pod without a node one that will do, and of those the best.
 *
 * What the real one does: takes one Pod at a time from a queue, filters and scores the nodes through plugins, assumes the
 * Pod on the best one, and binds it in the background while the next cycle runs.
 * What we model: the queue with back-off and waking events, the cache with assumed Pods, all extension points of the
 * framework, profiles, sampling of nodes in big clusters, ties settled by a seeded draw, binding with roll-back, the
 * PodScheduled condition and Events with upstream's words; preemption and nominated Pods; every default plugin but
 * DynamicResources; leader election, where there are several: one that waits keeps its cache and its queue up to date, and
 * starts no cycle.
 * What we leave out: dynamic resources, gangs of Pods, the client's rate limit, the even order of nodes over zones, the
 * translation of in-tree volumes to CSI drivers. A cycle takes a fixed time.
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/{scheduler,schedule_one,eventhandlers}.go`.
 */
import { isPodFinished, keyOf } from '#cluster/api/meta.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import { answerOf, createApiClient } from '#cluster/client/api-client.ts'
import { createEventRecorder } from '#cluster/client/event-recorder.ts'
import type { Delta } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import { healthAsked } from '#cluster/client/health-port.ts'
import { createLeaderElection, startElection, stepElection } from '#cluster/client/leader-election.ts'
import type { Component, Effect, Event } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { lookAgain, refuse, settleAnswer, settleVerdicts, timeOutPermit } from './binding-cycle.ts'
import { createCache, isAssumed, removeNode, removePod, setNode, setPod } from './cache.ts'
import { assignedPodChanges, nodeChanges, pendingPodChanges } from './cluster-events.ts'
import { optionsFrom } from './configuration.ts'
import { heard } from './extenders.ts'
import { happened } from './happened.ts'
import type { Registry } from './framework.ts'
import { areSynced, createListers, customNamed, startListers, stepListers } from './listers.ts'
import { nominate, withdraw } from './nominator.ts'
import { defaultRegistry } from './plugins/default-registry.ts'
import { createProfile, DEFAULT_PROFILES } from './profile.ts'
import { giveUp, scheduleExtended, scheduleOne } from './schedule-one.ts'
import type { QueuePlugins } from './scheduling-queue.ts'
import * as queues from './scheduling-queue.ts'
import type { SchedulerOptions, SchedulerState, Scheduling } from './state.ts'
import { schedulerNameOf } from './state.ts'

/**
 * A scheduler with these plugins to choose from. To put one of your own in the place of a default one, register it under
 * that name: `kubeScheduler({ ...defaultRegistry, NodeResourcesFit: mine })`.
 */
export function kubeScheduler(registry: Registry = defaultRegistry): Component<SchedulerState, SchedulerOptions> {
  // Functions of the options alone, so that they need not be part of the state.
  const built = new WeakMap<SchedulerOptions, Pick<Scheduling, 'profiles' | 'queuePlugins'>>()
  const resolve = (options: SchedulerOptions) => {
    let known = built.get(options)
    if (!known) built.set(options, (known = buildProfiles(options, registry)))
    return known
  }
  return {
    name: 'kube-scheduler',
    init(given) {
      const options: SchedulerOptions = Object.freeze({ ...given, ...(given.config && optionsFrom(given.config)) })
      const { profiles } = resolve(options)
      return {
        options,
        election: options.leaderElect ? createLeaderElection('kube-scheduler', options.servers) : undefined,
        client: createApiClient(options.servers, 'system:kube-scheduler'),
        recorder: createEventRecorder('default-scheduler'),
        pods: createInformer<Pod>({ resource: 'pods' }),
        nodes: createInformer<Node>({ resource: 'nodes' }),
        listers: createListers(customResources(profiles)),
        queue: queues.createQueue(options.backoff),
        cache: createCache(),
        bindings: new Table(),
        waitingPods: new Table(),
        decisions: new Table(),
        asking: undefined,
        nextStart: 0,
        busyUntil: 0,
        awake: false,
      }
    },
    step(state, event, ctx) {
      const effects: Effect[] = []
      const scheduling: Scheduling = { state, ctx, effects, verdicts: [], ...resolve(state.options) }
      if (event.type === 'booted') {
        effects.push(startInformer(state.nodes, state.client, ctx), startInformer(state.pods, state.client, ctx))
        effects.push(...startListers(state.listers, state.client, ctx))
        effects.push({ type: 'wake', key: 'flush-unschedulable', after: queues.FLUSH_UNSCHEDULABLE_MICROS })
        if (state.election) effects.push(...startElection(state.election, ctx))
        return effects
      }
      const health = healthAsked(event)
      if (health) return health
      const election = state.election && stepElection(state.election, event, ctx)
      if (election) effects.push(...election.effects)
      else takeIn(scheduling, event)
      settleVerdicts(scheduling)
      setTimers(scheduling)
      return effects
    },
  }
}

function buildProfiles(options: SchedulerOptions, registry: Registry): Pick<Scheduling, 'profiles' | 'queuePlugins'> {
  const list = (options.profiles ?? DEFAULT_PROFILES).map((profile) => createProfile(profile, registry))
  const profiles = new Map(list.map((profile) => [profile.schedulerName, profile]))
  const queuePlugins: QueuePlugins = {
    less: list[0]!.less,
    listens: (name, event) =>
      list.some((profile) => {
        const rules = profile.pluginOf(name)?.eventsToRegister
        return rules === undefined || rules.some((rule) => rule.event === event)
      }),
    preEnqueueOf: (pod) => profiles.get(schedulerNameOf(pod))?.preEnqueue ?? [],
    pluginOf: (name, pod) => profiles.get(schedulerNameOf(pod))?.pluginOf(name),
  }
  return { profiles, queuePlugins }
}

/** Those whose events a plugin has registered for. */
function customResources(profiles: Scheduling['profiles']): string[] {
  const rules = [...profiles.values()].flatMap(({ plugins }) =>
    plugins.flatMap((plugin) => plugin.eventsToRegister ?? []),
  )
  const resources = rules.map(({ event }) => event.slice(0, event.lastIndexOf('/')))
  return [...new Set(resources)].filter((resource) => customNamed(resource))
}

function takeIn(scheduling: Scheduling, event: Event): void {
  const { state, ctx, effects } = scheduling
  const word = heard(scheduling, event)
  if (word === 'done') return scheduleExtended(scheduling)
  if (typeof word === 'object') return giveUp(scheduling, word.queued, word.error)
  if (word === 'waiting') return
  const answer = answerOf(state.client, event)
  if (answer) return settleAnswer(scheduling, answer)
  if (event.type === 'timer') {
    if (event.key === 'schedule') {
      state.awake = false
      return scheduleOne(scheduling)
    }
    if (event.key === 'flush-unschedulable') {
      effects.push({ type: 'wake', key: event.key, after: queues.FLUSH_UNSCHEDULABLE_MICROS })
      return queues.flushUnschedulable(state.queue, scheduling.queuePlugins, ctx.now)
    }
    if (event.key.startsWith('permit/')) return timeOutPermit(scheduling, event.key.slice('permit/'.length))
    if (event.key.startsWith('prebind/')) return lookAgain(scheduling, event.key.slice('prebind/'.length))
  }
  const nodes = stepInformer(state.nodes, {}, state.client, event, ctx)
  if (nodes) {
    effects.push(...nodes.effects)
    for (const delta of nodes.deltas) onNode(scheduling, delta)
    return
  }
  const pods = stepInformer(state.pods, {}, state.client, event, ctx)
  if (pods) {
    effects.push(...pods.effects)
    for (const delta of pods.deltas) onPod(scheduling, delta)
    return
  }
  const others = stepListers(state.listers, state.cache.assumed, state.client, event, ctx)
  if (!others) return
  effects.push(...others.effects)
  for (const each of others.events) happened(scheduling, each)
}

/** Sets the timers for the next cycle and for the end of the next back-off. */
function setTimers({ state, ctx, effects, queuePlugins }: Scheduling): void {
  const { queue } = state
  if (queue.backoff.items.size + queue.errorBackoff.items.size > 0) {
    const next = queues.flushBackoff(queue, queuePlugins, ctx.now)
    if (next !== undefined) effects.push({ type: 'wake', key: 'backoff', after: next - ctx.now })
  }
  if (state.election?.leading === false) return
  if (state.awake || state.asking || !queues.hasNext(queue)) return
  if (!state.nodes.synced || !state.pods.synced || !areSynced(state.listers)) return
  state.awake = true
  effects.push({ type: 'wake', key: 'schedule', after: Math.max(state.busyUntil - ctx.now, 0) })
}

// ── what the watches tell ───────────────────────────────────────────────────────────────────────────────────────────

function onNode(scheduling: Scheduling, delta: Delta<Node>): void {
  const { cache } = scheduling.state
  if (delta.type === 'deleted') return removeNode(cache, delta.object.metadata.name)
  setNode(cache, delta.object)
  if (delta.type === 'added') return happened(scheduling, { name: 'Node/Add', node: delta.object })
  for (const event of nodeChanges(delta.old, delta.object)) happened(scheduling, event)
}

function onPod(scheduling: Scheduling, delta: Delta<Pod>): void {
  const { state, queuePlugins, ctx, profiles } = scheduling
  const { queue, cache } = state
  const { object: pod, old } = delta
  const key = keyOf(pod)
  const gone = delta.type === 'deleted'
  // The same name with another UID is another Pod: the old one was deleted unseen.
  if (old && old.metadata.uid !== pod.metadata.uid) {
    onPod(scheduling, { type: 'deleted', object: old, old })
    return onPod(scheduling, { type: 'added', object: pod })
  }
  if (pod.spec.nodeName) {
    const wasHeld = cache.pods.has(key) && !isAssumed(cache, key)
    withdraw(cache.nominator, key)
    if (gone) removePod(cache, key)
    else setPod(cache, pod)
    queues.deletePod(queue, key, queuePlugins)
    // Somebody else has bound it.
    refuse(scheduling, key, '', 'removed')
    const frees = gone || isPodFinished(pod)
    if (frees && wasHeld) happened(scheduling, { name: 'AssignedPod/Delete', pod })
    else if (!frees && !wasHeld) happened(scheduling, { name: 'AssignedPod/Add', pod })
    else if (!frees && old) for (const event of assignedPodChanges(old, pod)) happened(scheduling, event)
    return
  }
  if (gone || isPodFinished(pod)) {
    queues.deletePod(queue, key, queuePlugins)
    if (cache.nominator.nodes.has(key)) {
      withdraw(cache.nominator, key)
      happened(scheduling, { name: 'AssignedPod/Delete', pod })
    }
    // Nobody waits for it any more.
    if (gone) refuse(scheduling, key, '', 'removed')
    // Bound and deleted before the watch told of the binding. (While the request is under way, its answer clears up.)
    if (gone && !state.bindings.has(key)) removePod(cache, key)
    return
  }
  if (pod.status?.nominatedNodeName) nominate(cache.nominator, pod, pod.status.nominatedNodeName)
  else if (old?.status?.nominatedNodeName) withdraw(cache.nominator, key)
  if (isAssumed(cache, key) || !profiles.has(schedulerNameOf(pod))) return
  if (!old) queues.addPod(queue, pod, queuePlugins, ctx.now)
  else queues.updatePod(queue, pod, pendingPodChanges(old, pod), queuePlugins, ctx.now)
}
