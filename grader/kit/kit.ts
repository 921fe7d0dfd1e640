/**
 * The kit: all that an exercise's checks may import, as `clusterwright/kit`.
 *
 * What the real one does: courses grade by running hidden tests on a server, once, and say "tests failed".
 * What we model: named checks in layers (`LAYERS.md` shows each with an example that runs), each a function of a
 * trial. A trial starts fresh guests of the learner's module, has seeded chance, and ends in a finding: one sentence,
 * expected and actual, a story, and the tick to open. Cases are plain JSON, so that they shrink and replay.
 * What we leave out: coverage, time limits (budgets are counted in fuel).
 * Where to read upstream: QuickCheck and fast-check (properties, shrinking); TigerBeetle's VOPR; Sieve (crash at every write).
 *
 * How to write an exercise's `checks.ts`:
 *
 *     import { defineChecks, example, node, nodeInfo, pod, property, schedulerGuest, SchedulerPlugin } from 'clusterwright/kit'
 *
 *     export default defineChecks(schedulerGuest(), [
 *       example('a Pod that fits is let through', {
 *         hint: 'requests',                                   // key of a section of hints.mdx
 *         run(trial) {
 *           const plugin = new SchedulerPlugin(trial)         // a fresh guest
 *           plugin.update([nodeInfo(node('node-1'))])
 *           const { filter } = plugin.cycle(pod('web'))
 *           trial.equal(filter['node-1']?.code, 'Success', 'Pod web fits on node-1, but was refused')
 *         },
 *       }),
 *       property('…', {
 *         generate: (chance) => ({ … }),                      // a JSON plan from seeded chance
 *         run(trial, plan) { … trial.fail({ message, expected, actual, story }) },
 *         world: (plan, trial) => new World(…),               // where it plays in a simulated cluster: what a replay rebuilds
 *         shrink: { fixed: ['metadata', 'spec'], nonEmpty: ['containers'], numbers: { lagMicros: { least: 0, step: 100_000 } } },
 *         calm: (plan) => ({ ...plan, faults: {} }),          // the same case without faults: what a failing run is compared with
 *         tell: (plan) => tellFaults(plan.faults),            // the case in words, by key: what was put in, what was done when
 *       }),
 *     ])
 *
 * A failure is told from the machinery's own record of the run (the API server, the cache, each call); `calm` adds the two
 * events whose order matters. A finding with `values` is shown as a difference, one with `object` names what it is about.
 *
 * A learner's code that throws, answers with nonsense or runs out of a budget ends the trial by itself, status `error`.
 * Anything else that a check throws is our own defect, status `internal`.
 */
export type { Check, CheckSet, ExploredPlan, FaultPlan, TellLine } from './checks.ts'
export type { GuestShape } from './guest-shape.ts'
export { cost, defineChecks, differential, example, exploration, faults, property } from './checks.ts'
export type { Chance } from './chance.ts'
export { chanceFrom } from './chance.ts'
export { node, pod } from './builders.ts'
/** What a Pod asks for, in thousandths by resource. */
export { podRequests } from '#cluster/api/pod-resources.ts'
export type { Finding } from './stop.ts'
export { show, Trial } from './trial.ts'
/** What findings are said with: by key, in English and Spanish. */
export type { Said, Sayable, Texts } from '../verdict/said.ts'
export { defineTexts, joinTexts, listed } from '../verdict/say.ts'
export type { BareNodeInfo, CycleResult, Status, Supposed } from './scheduler-guest.ts'
export { nodeInfo, resourcesOf, SchedulerPlugin, schedulerGuest } from './scheduler-guest.ts'
export { filterSchedulerOptions, schedulerWithFilter } from './learner-filter.ts'
export { schedulerWithSpread } from './learner-spread.ts'

/** Score plugins, and what the simulation's own plugins say. */
export type { FullNodeInfo, Points, TablePlugin, Totals } from './scoring-guest.ts'
export { fullNodeInfo, scoringGuest, ScoringPlugins } from './scoring-guest.ts'
export { plainScheduler, schedulerWithScoring } from './learner-scoring.ts'
export { ReferenceCycle } from './reference-cycle.ts'

// Score plugins: measured in an arena, or alive in a world.
export type { ArenaArrival, ArenaPlan, Stay } from './scheduler-arena.ts'
export { runArena } from './scheduler-arena.ts'
export { ScoreGuest, scoreGuest, snapshotOf } from './score-guest.ts'
export type { Contender, ScoringScheduler } from './learner-score.ts'
export { builtInScorer, ownScorer, schedulerWithScore, scoreOptions } from './learner-score.ts'

// Where a submission stands among references.
export type { Measured } from './trial.ts'
export type { MeasureSpec, ReferenceSpec } from './ranked.ts'
export { ranking } from './ranking.ts'
export type { Standing } from '../verdict/standing.ts'
// What holds Pods back until they may be bound.
export type { BindingAnswer, BindingPoint } from './gang-guest.ts'
export { GANG_LABEL, gangGuest, GangPlugin } from './gang-guest.ts'
export type { BindingFault } from './binding-faults.ts'
export type { GangCall, GangReport, GangStep } from './learner-gang.ts'
export { GANG_PROFILE, schedulerWithGang } from './learner-gang.ts'

export { Decisions } from './decisions.ts'

// Controllers: an asynchronous guest as a process in a world with an API server.
export type { Deed } from './api-hand.ts'
export { HAND, tell } from './api-hand.ts'
export type { World } from '#cluster/kernel/world.ts'
export type { ApiWorldOptions } from './api-world.ts'
export { addOn, API_SERVER, apiWorld, READY_MICROS } from './api-world.ts'
export { controllerGuest } from './controller-guest.ts'
export type { Disturbance } from './disturber.ts'
export { disturbAt, disturber } from './disturber.ts'
export type {
  CallRecord,
  ControllerReport,
  LearnerControllerOptions,
  LearnerControllerSpec,
  LostAnswer,
  Refusal,
  Strike,
} from './learner-controller-options.ts'
export { learnerController } from './learner-controller.ts'
export { tellDisturbance, tellFaults } from './tell-faults.ts'
export type { Change } from './witness.ts'
export { runWatched, seenBy, WITNESS } from './witness.ts'

// Controllers, explored: what reaches one, in an order that is chosen.
export type { ForkingJudge, TurnDeed, TurnsSpec } from './take-turns.ts'
export { playTurns, turnsWorld } from './take-turns.ts'
export { turnstile } from './turnstile.ts'

// Faults for a while, then none.
export type { LivenessSpec, Unsettled } from './liveness.ts'
export { liveness } from './liveness.ts'

// Faults by class and place.
export type { FaultClass, MatrixSpec } from './fault-matrix.ts'
export { faultMatrix } from './fault-matrix.ts'
export type { ControllerFault } from './controller-faults.ts'
export {
  CONTROLLER_FAULTS,
  controllerSites,
  deafMicros,
  endOfFaults,
  faultInWords,
  faultOptions,
  strike,
} from './controller-faults.ts'
export { withNewsFaults } from './news-faults.ts'
export { runLeaving, standing, strikeOf } from './forked-faults.ts'

// Functions that are asked and answer at once.
export { functionsGuest } from './functions-guest.ts'

// Plugins that are a process per call, with a store or a host between them.
export { asyncGuest } from './async-guest.ts'
export type { AsyncProcess, Crash, HostCall, Turns } from './async-host.ts'
export { AsyncHost } from './async-host.ts'

// Stores with revisions, and what watches them.
export type { SentResponse, StepOutcome, StoreStep } from './store-guest.ts'
export { LearnerStore, storeGuest } from './store-guest.ts'
export type { StoreReport } from './learner-etcd.ts'
export { etcdWithStore } from './learner-etcd.ts'
export type { RaftMemberReport, RaftProblem } from './learner-raft.ts'
export { etcdWithNode } from './learner-raft.ts'
export type { BootedClusterOptions, WholeClusterOptions } from './whole-cluster.ts'
export { bootedCluster, readyPods, storedPods, wholeCluster } from './whole-cluster.ts'

// Parts of the API server in their place in it.
export type { AggregatorJudge, AggregatorReport } from './learner-aggregator.ts'
export { serverWithAggregator } from './learner-aggregator.ts'
export type { PipelineCall, PipelineJudge, PipelineRecord, PipelineReport } from './learner-pipeline.ts'
export { serverWithPipeline } from './learner-pipeline.ts'
export type { TokenWish } from './tokens.ts'
export { mintedToken } from './tokens.ts'
export { addWebhookServer, webhookFor, webhookServer } from './webhooks.ts'
export type { Made, StorageJudge, StorageReport, UpdateRecord } from './learner-storage.ts'
export { SERVE_UPDATE, serverWithStorage } from './learner-storage.ts'
export type { ExtensionServerOptions } from './extension-server.ts'
export { addExtensionServer, extensionServer, serviceFor } from './extension-server.ts'
export type { Visit } from './visitor.ts'
export { addVisitor, visit, VISITOR } from './visitor.ts'

// Copies of a resource, kept by lists and watches.
export type { ReflectorRecord, ReflectorReport } from './learner-reflector.ts'
export { learnerReflector, reflectorGuest } from './learner-reflector.ts'

// Copies of a program that elect a leader.
export type { ElectorRecord, ElectorReport } from './learner-elector.ts'
export { electorGuest, learnerElector } from './learner-elector.ts'
export { ElectorAlone } from './elector-alone.ts'

// Raft nodes: each in a guest of its own, alone or in a network.
export type { RaftConfig, RaftEntry, RaftHardState, RaftInput, RaftMessage, RaftReady, RaftTurn } from './raft-guest.ts'
export { messageInWords, raftGuest, RaftGuest } from './raft-guest.ts'
export type { NodeView, RaftGroup, RaftWitness } from './raft-world.ts'
export { RaftWorld, TICK_MICROS } from './raft-world.ts'

// Tests that learners write.
export type { LearnerTests } from './learner-tests.ts'
export { defineTests } from './learner-tests.ts'
export { Reader } from './reader.ts'
