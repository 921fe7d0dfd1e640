/** Checks of `replicaset`: a learner's controller in a small cluster, first in good weather, then in every kind of bad. */
import {
  controllerGuest,
  cost,
  defineChecks,
  example,
  type FaultPlan,
  faults,
  property,
  READY_MICROS,
  type Refusal,
  type Trial,
} from 'clusterwright/kit'
import { seconds } from './judge.ts'
import {
  brokenWatch,
  contested,
  disturb,
  fewer,
  lateCache,
  neighbours,
  orphan,
  scaling,
  shortLife,
  SHRINK,
  step,
  unseen,
  web,
} from './plans.ts'
import { matrix } from './matrix.ts'
import { play } from './run.ts'
import { calm, calmOf, tell } from './tell.ts'
import { say, texts } from './texts.ts'
import { turns } from './turns.ts'
import { judgeVictims } from './victims.ts'
import { CANARY, CONTROLLER_PROCESS, type Plan, replicaSetWorld, START_MICROS } from './world.ts'

const world = replicaSetWorld
/** How a failing case of it is told. */
const told = { calm, tell }
const GOOD_WEATHER = {}

/** In good weather nobody needs longer. Pods that are being deleted stay for 30 s. */
const PROMPT_MICROS = 12_000_000

// ── one fault at each place ─────────────────────────────────────────────────────────────────────────────────────────

type OneFault = Pick<Plan['faults'], 'crash' | 'lose'>

const withFault = ({ plan, fault }: FaultPlan<Plan, OneFault>): Plan => ({
  ...plan,
  faults: { ...plan.faults, ...fault },
})
const faultyWorld = (both: FaultPlan<Plan, OneFault>, trial: Trial<any>) => replicaSetWorld(withFault(both), trial)

const strikes = (options: OneFault) => ({ process: CONTROLLER_PROCESS, options })

const toldOf = { calm: calmOf<OneFault>, tell: (both: FaultPlan<Plan, OneFault>) => tell(withFault(both)) }

/** Dies when the answer of a call arrives. What is done by then is done; so the next call is never made. */
function crashes(trial: Trial<any>, plan: Plan): OneFault[] {
  play(trial, plan)
  const calls = Math.min(trial.controllers[0]!.calls, CALLS_MAX)
  return Array.from({ length: calls }, (_, index): OneFault => ({ crash: { call: index + 1, when: 'after' } }))
}

/** The answer of each write is lost once. */
function lostAnswers(trial: Trial<any>, plan: Plan): OneFault[] {
  play(trial, plan)
  const counts = new Map<string, number>()
  return trial.controllers[0]!.writes.slice(0, CALLS_MAX).map(({ call: { verb, resource } }): OneFault => {
    const nth = (counts.get(`${verb} ${resource}`) ?? 0) + 1
    counts.set(`${verb} ${resource}`, nth)
    return { lose: [{ verb, resource, nth }] }
  })
}

/** Whoever calls more often than that is tried at the first ones only. */
const CALLS_MAX = 40

// ── how much work ───────────────────────────────────────────────────────────────────────────────────────────────────

const QUOTA_MICROS = 60_000_000
const QUOTA: Refusal = {
  verb: 'create',
  resource: 'pods',
  from: 3,
  count: 1_000_000,
  forMicros: QUOTA_MICROS,
  code: 403,
  reason: 'Forbidden',
  message: 'pods "web-" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=20, limited: pods=20',
}
/** Asking every 5 s asks 10 times in the 50 s that are looked at; with a back-off that doubles it is 3 or 4. */
const ASKED_MAX = 15
const REFUSED_MAX = 300

/** A quota lets no Pod through for a minute, then it does: the longer it lasts, the less often one asks. */
function judgeBackOff(trial: Trial<Plan>): void {
  const { judge } = play(trial, trial.plan!)
  const end = READY_MICROS + QUOTA_MICROS
  const told = judge.reported.filter(({ at }) => at < end).map(({ replicas }) => replicas)
  const made = QUOTA.from - 1
  if (!told.includes(made)) {
    const message = say('unreported', { count: made })
    judge.fail(message, say('unreported-expected'), `replicas: ${told.at(-1) ?? '—'}`, { hint: 'status' })
  }
  const creates = trial.controllers[0]!.writes.filter(({ call }) => call.verb === 'create').map(({ at }) => at)
  const refused = creates.slice(QUOTA.from - 1).filter((at) => at < end)
  const late = refused.filter((at) => at >= READY_MICROS + 10_000_000)
  const times = late.filter((at, index) => index === 0 || at - late[index - 1]! > 50_000).length
  if (refused.length > REFUSED_MAX || times > ASKED_MAX) {
    const message = say('asked-often', { refused: refused.length, times })
    judge.fail(message, say('asked-often-expected'), say('asked-often-actual', { times }))
  }
}

const SETTLED_MICROS = START_MICROS + 15_000_000
const LIVE_READS_MAX = 300

/** Twelve Pods in good weather, and ten changes that concern nobody. */
function judgeWork(trial: Trial<Plan>): void {
  const plan = trial.plan!
  const { judge } = play(trial, plan)
  const { writes, liveReads, reconciles } = trial.controllers[0]!
  const count = (...verbs: string[]) => writes.filter(({ call }) => verbs.includes(call.verb)).length
  const { replicas } = plan.sets[0]!
  const [late] = writes.filter(({ at }) => at > SETTLED_MICROS)
  if (late) {
    const what = `${late.call.verb} of ${late.call.resource} ${late.call.name ?? ''}`.trim()
    const count = writes.filter(({ at }) => at > SETTLED_MICROS).length
    judge.fail(say('late-write', { time: seconds(late.at), what }), say('no-writes'), say('writes', { count }))
  }
  const others = count('delete', 'patch', 'update')
  if (count('create') !== replicas || others > 0) {
    const params = { replicas, creates: count('create'), others }
    judge.fail(say('dear', params), say('dear-expected', params), say('dear-actual', params))
  }
  const statusMax = replicas * 4 + 6
  if (count('updateStatus') > statusMax) {
    const message = say('status-often', { times: count('updateStatus'), replicas })
    judge.fail(message, say('status-often-expected', { most: statusMax }), `${count('updateStatus')}`)
  }
  if (liveReads > LIVE_READS_MAX) {
    const message = say('live-reads', { liveReads, reconciles })
    judge.fail(message, say('live-reads-expected', { most: LIVE_READS_MAX }), `${liveReads}`)
  }
}

export default defineChecks(
  controllerGuest(),
  [
    example('a new ReplicaSet gets its Pods, and a true status', {
      stage: 'good weather',
      hint: 'loop',
      plan: { sets: [web(3)], steps: [], faults: GOOD_WEATHER },
      world,
      ...told,
      run: (trial) => void play(trial, trial.plan!, PROMPT_MICROS),
    }),

    example('it is scaled up and down', {
      stage: 'good weather',
      hint: 'loop',
      plan: {
        sets: [web(1)],
        steps: [
          step(3000, { do: 'scale', set: 'web', replicas: 4 }),
          step(6000, { do: 'scale', set: 'web', replicas: 2 }),
          // Those that go have 30 s for it; nobody waits for that.
          step(8000, { do: 'scale', set: 'web', replicas: 3 }),
        ],
        faults: GOOD_WEATHER,
      },
      world,
      ...told,
      run: (trial) => void play(trial, trial.plan!, PROMPT_MICROS),
    }),

    example('a Pod that is being deleted, or has failed, is replaced at once', {
      stage: 'good weather',
      hint: 'active',
      plan: {
        sets: [web(3), { name: 'api', replicas: 2, neverReady: true }],
        steps: [step(4000, disturb('delete', 0)), step(8000, disturb('fail', 1)), step(12_000, disturb('finish', 2))],
        faults: GOOD_WEATHER,
      },
      world,
      ...told,
      run: (trial) => void play(trial, trial.plan!, PROMPT_MICROS),
    }),

    example('orphans that match are adopted, Pods of others are not counted', {
      stage: 'whose Pods',
      hint: 'owner',
      plan: {
        sets: [web(2)],
        steps: [
          step(-400, orphan('blue')),
          step(3000, orphan('theirs', { owner: 'green' })),
          step(3000, orphan('canary', { labels: { app: 'web', track: CANARY } })),
          step(3000, orphan('elsewhere', { namespace: 'kube-public' })),
          step(4000, { do: 'scale', set: 'web', replicas: 4 }),
          step(7000, disturb('relabel', 0)),
        ],
        faults: GOOD_WEATHER,
      },
      world,
      ...told,
      run: (trial) => void play(trial, trial.plan!, PROMPT_MICROS),
    }),

    property('never more Pods than wanted, however late the cache', {
      stage: 'late cache',
      hint: 'expectations',
      per200: 100,
      generate: lateCache,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    property('scaling makes and deletes each Pod once', {
      stage: 'late cache',
      hint: 'expectations',
      per200: 20,
      generate: scaling,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    property('Pods of others are never touched', {
      stage: 'whose Pods',
      hint: 'owner',
      per200: 20,
      generate: neighbours,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    property('an orphan that somebody else has taken meanwhile is left to them', {
      stage: 'whose Pods',
      hint: 'owner',
      per200: 5,
      generate: contested,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    property('the least useful Pods go first', {
      stage: 'good weather',
      hint: 'victims',
      per200: 20,
      generate: fewer,
      world,
      ...told,
      run: (trial, plan) => judgeVictims(play(trial, plan).judge),
      shrink: SHRINK,
    }),

    property('it comes right although the cache misses changes', {
      stage: 'late cache',
      hint: 'loop',
      per200: 30,
      generate: brokenWatch,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    property('it does not wait for ever for a Pod that nobody will see', {
      stage: 'late cache',
      hint: 'patience',
      per200: 4,
      generate: unseen,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    turns,

    faults('it may die after every call', {
      stage: 'faults',
      hint: 'crash',
      per200: 1,
      generate: shortLife,
      faults: crashes,
      world: faultyWorld,
      ...toldOf,
      shrink: SHRINK,
      strikes,
      run: (trial, plan, fault) => void play(trial, withFault({ plan, fault })),
    }),

    faults('any answer may be lost, though the call was carried out', {
      stage: 'faults',
      hint: 'doubt',
      per200: 1,
      generate: shortLife,
      faults: lostAnswers,
      world: faultyWorld,
      ...toldOf,
      shrink: SHRINK,
      strikes,
      run: (trial, plan, fault) => void play(trial, withFault({ plan, fault })),
    }),

    matrix,

    cost('a ReplicaSet that is gone asks for nothing', {
      stage: 'good weather',
      hint: 'loop',
      plan: {
        sets: [web(1), { name: 'api', replicas: 1 }],
        steps: [step(4000, { do: 'drop', set: 'api' }), step(9000, disturb('touch', 0))],
        faults: GOOD_WEATHER,
      },
      world,
      ...told,
      run(trial) {
        const { judge } = play(trial, trial.plan!, PROMPT_MICROS)
        const { thrown } = trial
        if (!thrown?.during.includes('default/api')) return
        judge.fail(say('gone-set-fails'), say('it-returns'), thrown.failure.message)
      },
    }),

    cost('a quota that refuses is not asked again and again', {
      stage: 'faults',
      hint: 'back-off',
      plan: { sets: [web(5)], steps: [], faults: { refuse: [QUOTA] } },
      world,
      ...told,
      run: judgeBackOff,
    }),

    cost('when all is as wanted, nothing is written', {
      stage: 'good weather',
      hint: 'status',
      plan: {
        sets: [web(12)],
        steps: Array.from({ length: 10 }, (_, index) => step(20_000 + 7_000 * index, disturb('touch', index))),
        faults: { twicePerMille: 300 },
      },
      world,
      ...told,
      run: judgeWork,
    }),
  ],
  texts,
)
