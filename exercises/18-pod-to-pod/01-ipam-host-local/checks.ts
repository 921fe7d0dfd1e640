/** Checks of `ipam-host-local`: single calls on every kind of store, lives of a node, crowds, crashes and a disk that fails. */
import {
  cost,
  type Crash,
  defineChecks,
  differential,
  example,
  exploration,
  faults,
  property,
  type Trial,
} from 'clusterwright/kit'
import type { Attachment } from 'clusterwright/cni'
import { isWithin, spanOf, textOf } from './addresses.ts'
import {
  addCase,
  attachment,
  type Case,
  config,
  crowdCase,
  deletionCase,
  lifeCase,
  senselessCase,
  SHRINK,
} from './cases.ts'
import { judgeCrowd } from './crowd.ts'
import { IPAM } from './guest.ts'
import { Node, type Verb, words } from './node.ts'
import { judgeMeeting, MEETINGS } from './schedules.ts'
import { oneByOne, tellCrowd, tellDoomed, tellMeeting } from './tell.ts'
import { say, texts } from './texts.ts'
import {
  before,
  canonical,
  expectedAdd,
  judgeAdd,
  judgeContents,
  judgeLast,
  judgeLastGiven,
  judgeLastTried,
  judgeRefusedAdd,
  judgeSuccess,
} from './rules.ts'

const nodeOf = (trial: Trial<any>, { ranges, disk }: Partial<Case> & Pick<Case, 'ranges'>): Node =>
  new Node(trial, config(ranges), disk)

/** One ADD, judged. */
function add(node: Node, who: Attachment): void {
  const [was, expected] = [before(node.disk), expectedAdd(node.config, who, node.disk)]
  judgeAdd(node, who, node.call('add', who), was, expected)
}

/** One DEL, judged: it succeeds, and frees what `who` holds and nothing else. */
function del(node: Node, who: Attachment): void {
  const was = before(node.disk)
  const rest = was.contents.filter((line) => !line.endsWith(` ${words(who)}`))
  judgeSuccess(node, `DEL ${words(who)}`, node.call('del', who), 'idempotent')
  judgeContents(node, say('has-succeeded', { who: `DEL ${words(who)}` }), rest, 'idempotent')
  judgeLast(node, `DEL ${words(who)}`, was, 'next')
}

/** One GC, judged: it frees what belongs to none of the valid. */
function gc(node: Node, valid: readonly Attachment[]): void {
  const was = before(node.disk)
  const rest = was.contents.filter((line) => valid.some((who) => line.endsWith(` ${words(who)}`)))
  const names = valid.map(words).join(', ') || say('nobody')
  judgeSuccess(node, 'GC', node.call('gc', valid), 'gc')
  judgeContents(node, say('gc-succeeded', { valid: names }), rest, 'gc')
  judgeLast(node, 'GC', was, 'next')
}

/** One CHECK, judged: it changes nothing, and succeeds if `who` holds an address of each range set. */
function check(node: Node, who: Attachment): void {
  const was = before(node.disk)
  const held = node.disk.heldBy(who)
  const { ranges } = node.config.ipam
  const lacking = ranges.findIndex(
    (set) => !set.map(spanOf).some((span) => held.some((address) => isWithin(span, address))),
  )
  const outcome = node.call('check', who)
  judgeContents(node, say('has-returned', { who: `CHECK ${words(who)}` }), was.contents, 'check')
  judgeLast(node, `CHECK ${words(who)}`, was, 'check')
  if (lacking < 0) return judgeSuccess(node, `CHECK ${words(who)}`, outcome, 'check')
  if ('error' in outcome) return
  const message = say('check-succeeded', { who: words(who), index: lacking })
  node.fail({ message, expected: say('an-error'), actual: say('success'), hint: 'check' })
}

const V4 = [{ subnet: '10.244.1.0/24' }]
const V6 = [{ subnet: 'fd00:10:244:1::/64' }]

// ── crashes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Doomed extends Case {
  readonly verb: Exclude<Verb, 'check'>
  readonly who: Attachment
  readonly valid: readonly Attachment[]
}

const subjectOf = ({ verb, who, valid }: Doomed) => (verb === 'gc' ? valid : who)

/** Counts the calls of a run that goes well; it may die after each of them. */
function placesToDie(trial: Trial<any>, plan: Doomed): Crash[] {
  const node = nodeOf(trial, plan)
  const process = node.start(plan.verb, subjectOf(plan))
  node.host.run()
  node.outcomeOf(process, plan.verb)
  return Array.from({ length: Math.min(process.calls, 40) }, (_, index) => ({ call: index + 1, when: 'after' }))
}

/** It dies; the runtime cleans up, and the node is as good as new. */
function judgeAfterlife(trial: Trial<any>, plan: Doomed, crash: Crash): void {
  const node = nodeOf(trial, plan)
  const was = before(node.disk)
  const { who, verb, valid } = plan
  node.start(verb, subjectOf(plan), { crash })
  node.host.run()
  const living = verb === 'gc' ? valid : plan.disk.reservations.filter((one) => words(one) !== words(who))
  const kept = was.contents.filter((line) => living.some((one) => line.endsWith(` ${words(one)}`)))
  const lost = kept.find((line) => !node.disk.contents().includes(line))
  if (lost) {
    const message = say('died-and-lost', { verb: verb.toUpperCase(), call: crash.call, lost })
    node.fail({ message, expected: say('valid-at-every-moment'), actual: say('is-missing', { lost }), hint: 'gc' })
  }
  if (verb === 'gc' || plan.disk.last.length > 1) gc(node, living)
  else del(node, who)
  judgeContents(node, say('died-and-cleaned', { verb: verb.toUpperCase(), call: crash.call }), kept, 'gc')
  add(node, attachment('newest'))
}

// ── a disk that fails ───────────────────────────────────────────────────────────────────────────────────────────────

/** The disk refuses one call of an ADD: it must fail, and hold nothing. */
function judgeBrokenDisk(trial: Trial<any>, plan: Doomed, call: number): void {
  const node = nodeOf(trial, plan)
  const was = before(node.disk)
  const { contents } = was
  node.disk.broken = { call }
  const outcome = node.call('add', plan.who)
  if ('result' in outcome) {
    // A plugin may do without what was refused, as long as all that it answers is true.
    const given = outcome.result!.ips.map(({ address }) => `${canonical(address.split('/')[0]!)} ${words(plan.who)}`)
    judgeContents(node, say('has-succeeded', { who: `ADD ${words(plan.who)}` }), [...contents, ...given], 'undo')
    return judgeLastGiven(node, `ADD ${words(plan.who)}`, outcome.result!, 'undo')
  }
  judgeContents(node, say('disk-refused', { who: `ADD ${words(plan.who)}`, call }), contents, 'undo')
  judgeLastTried(node, `ADD ${words(plan.who)}`, was, 'undo')
}

const doomed =
  (verbs: readonly Doomed['verb'][]) =>
  (chance: Parameters<typeof deletionCase>[0]): Doomed => {
    const verb = chance.pick(verbs)
    const { ranges, disk, who, valid } = deletionCase(chance)
    return { ranges, disk, valid, verb, who: verb === 'add' ? attachment('new') : who }
  }

export default defineChecks(
  IPAM,
  [
    example('the first Pod gets the first address that is nobody’s', {
      stage: 'add',
      hint: 'next',
      run(trial) {
        const node = nodeOf(trial, { ranges: [V4] })
        add(node, attachment('web-1'))
        add(node, attachment('web-2'))
      },
    }),

    example('the next address comes after the last, though a lower one is free', {
      stage: 'add',
      hint: 'next',
      run(trial) {
        const node = nodeOf(trial, { ranges: [[{ subnet: '10.244.1.0/29' }]] })
        for (const name of ['web-1', 'web-2', 'web-3']) add(node, attachment(name))
        del(node, attachment('web-1'))
        for (const name of ['web-4', 'web-5', 'web-6']) add(node, attachment(name))
      },
    }),

    example('with two range sets, an address of each or none', {
      stage: 'add',
      hint: 'undo',
      run(trial) {
        const node = nodeOf(trial, { ranges: [V4, [{ subnet: 'fd00:10:244:1::/126' }]] })
        for (const name of ['web-1', 'web-2', 'web-3']) add(node, attachment(name))
      },
    }),

    example('DEL frees the address, and succeeds a second time', {
      stage: 'del and check',
      hint: 'idempotent',
      run(trial) {
        const node = nodeOf(trial, { ranges: [V4, V6] })
        add(node, attachment('web-1', 'eth0'))
        add(node, attachment('web-1', 'net1'))
        del(node, attachment('web-1', 'eth0'))
        del(node, attachment('web-1', 'eth0'))
      },
    }),

    example('CHECK and GC tell the living from the dead', {
      stage: 'del and check',
      hint: 'gc',
      run(trial) {
        const node = nodeOf(trial, { ranges: [V4] })
        for (const name of ['web-1', 'web-2', 'web-3']) add(node, attachment(name))
        check(node, attachment('web-2'))
        gc(node, [attachment('web-2')])
        check(node, attachment('web-1'))
      },
    }),

    differential('ADD gives the right addresses, whatever the store holds', {
      stage: 'add',
      hint: 'next',
      generate: addCase,
      run: (trial, plan) => add(nodeOf(trial, plan), plan.who),
      shrink: SHRINK,
    }),

    property('DEL, CHECK and GC concern those whom they name, and nobody else', {
      stage: 'del and check',
      hint: 'gc',
      per200: 40,
      generate: deletionCase,
      run(trial, plan) {
        check(nodeOf(trial, plan), plan.who)
        del(nodeOf(trial, plan), plan.who)
        gc(nodeOf(trial, plan), plan.valid)
      },
      shrink: SHRINK,
    }),

    property('over a life of many Pods no address is given twice, nor too soon again', {
      stage: 'add',
      hint: 'next',
      per200: 20,
      generate: lifeCase,
      run(trial, { ranges, calls }) {
        const node = nodeOf(trial, { ranges })
        const pod = (index: number) => attachment(`pod-${index}`)
        for (const { verb, who } of calls) {
          if (verb === 'gc') gc(node, who.map(pod))
          else ({ add, del, check })[verb](node, pod(who[0]!))
        }
      },
      shrink: { ...SHRINK, nonEmpty: ['ranges', 'calls'], triesMax: 12 },
    }),

    property('several ADDs at once get different addresses, in turn', {
      stage: 'several at once',
      hint: 'lock',
      per200: 50,
      generate: crowdCase,
      run(trial, plan) {
        const node = nodeOf(trial, plan)
        const latest = judgeCrowd(node, plan)
        // Does the store remember who was last? What is freed now must not be given again at once.
        if (!latest) return
        del(node, latest)
        add(node, attachment('newest'))
      },
      calm: oneByOne,
      tell: tellCrowd,
      shrink: { ...SHRINK, nonEmpty: ['ranges', 'at'] },
    }),

    exploration('in whatever order their calls come, it is as if one ran after the other', {
      stage: 'several at once',
      hint: 'lock',
      cases: MEETINGS,
      tell: tellMeeting,
      run: judgeMeeting,
    }),

    property('a range that makes no sense is refused', {
      stage: 'add',
      hint: 'validate',
      per200: 30,
      generate: senselessCase,
      run(trial, plan) {
        const node = nodeOf(trial, plan)
        const was = before(node.disk)
        judgeRefusedAdd(node, 'ADD new/eth0', node.call('add', attachment('new')), was, 'invalid')
      },
    }),

    faults('it may die after any call, and the clean-up leaves no leak', {
      stage: 'crashes',
      hint: 'gc',
      per200: 8,
      generate: doomed(['add', 'add', 'del', 'gc']),
      faults: placesToDie,
      run: judgeAfterlife,
      tell: tellDoomed,
    }),

    faults('a disk that refuses a call leaves nothing half done', {
      stage: 'crashes',
      hint: 'undo',
      per200: 12,
      generate: doomed(['add']),
      // An ADD that fails in any case undoes; a disk that refuses even that leaves nobody a choice.
      faults: (trial, plan) =>
        'addresses' in expectedAdd(config(plan.ranges), plan.who, nodeOf(trial, plan).disk)
          ? placesToDie(trial, plan).map(({ call }) => call)
          : [],
      run: judgeBrokenDisk,
      tell: tellDoomed,
    }),

    cost('a large range costs no more than a small one', {
      stage: 'add',
      hint: 'large',
      run: judgeCost,
    }),
  ],
  texts,
)

const CALLS_MAX = 24
const FUEL_RATIO_MAX = 4

/** Forty Pods on a /24, then on a /16 and a /64: the calls and the work of one more ADD. */
function judgeCost(trial: Trial<any>): void {
  const costOf = (subnet: string): { calls: number; fuel: number; node: Node } => {
    const span = spanOf({ subnet })
    const held = Array.from({ length: 40 }, (_, index) => textOf(span.first + BigInt(index + 1), span.isV6))
    const reservations = held.map((address, index) => ({ address, ...attachment(`pod-${index}`) }))
    const node = new Node(trial, config([[{ subnet }]]), { reservations, last: [held.at(-1)!] })
    const fuelBefore = trial.fuel()
    const process = node.start('add', attachment('new'))
    node.host.run()
    node.outcomeOf(process, 'add')
    return { calls: process.calls, fuel: trial.fuel() - fuelBefore, node }
  }
  const small = costOf('10.244.1.0/24')
  for (const subnet of ['10.244.0.0/16', 'fd00:10:244::/64']) {
    const large = costOf(subnet)
    if (large.calls > CALLS_MAX) {
      const message = say('many-calls', { subnet, calls: large.calls })
      const expected = say('calls-at-most', { most: CALLS_MAX })
      large.node.fail({ message, expected, actual: `${large.calls}`, hint: 'large' })
    }
    if (large.fuel <= FUEL_RATIO_MAX * small.fuel) continue
    const times = (large.fuel / small.fuel).toFixed(0)
    const [message, expected] = [say('dear', { subnet, times }), say('times-at-most', { most: FUEL_RATIO_MAX })]
    large.node.fail({ message, expected, actual: say('times', { times }), hint: 'large' })
  }
}
