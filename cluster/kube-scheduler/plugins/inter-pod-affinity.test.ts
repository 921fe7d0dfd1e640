import { describe, expect, it } from 'vitest'
import type { Pod, PodAffinityTerm } from '#cluster/api/types.ts'
import type { CycleState } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { podsOf } from '../pod-list.ts'
import { interPodAffinity } from './inter-pod-affinity.ts'
import type { Spec } from './scene.test-world.ts'
import { filtered, podLabelled, saidOf, scene, scored } from './scene.test-world.ts'

/**
 * `app=web zone`: Pods labelled so, per zone. After the key: `@a,b` for namespaces, `@{env=prod}` for a namespace selector
 * (`@{}`: all), `^key` for matchLabelKeys, `!^key` for mismatchLabelKeys. `* zone`: every Pod; `- zone`: no selector at all.
 */
function term(text: string): PodAffinityTerm {
  const [labels, where, ...more] = text.split(' ')
  const topologyKey = { zone: 'topology.kubernetes.io/zone', host: 'kubernetes.io/hostname' }[where!] ?? where!
  const pairs = labels === '*' || labels === '-' ? [] : labels!.split(',').map((pair) => pair.split('='))
  const rest = more.map((word): Partial<PodAffinityTerm> => {
    if (word.startsWith('@{')) return { namespaceSelector: { matchLabels: pairsOf(word.slice(2, -1)) } }
    if (word.startsWith('@')) return { namespaces: word.slice(1).split(',') }
    if (word.startsWith('!^')) return { mismatchLabelKeys: [word.slice(2)] }
    return { matchLabelKeys: [word.slice(1)] }
  })
  const labelSelector = labels === '-' ? {} : { labelSelector: { matchLabels: Object.fromEntries(pairs) } }
  return Object.assign({ topologyKey, ...labelSelector }, ...rest)
}

const pairsOf = (text: string): Record<string, string> =>
  Object.fromEntries(text.split(',').flatMap((pair) => (pair ? [pair.split('=') as [string, string]] : [])))

const affinity = (kind: 'podAffinity' | 'podAntiAffinity', ...terms: string[]): Spec => ({
  affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: terms.map(term) } },
})
const near = (...terms: string[]): Spec => affinity('podAffinity', ...terms)
const apart = (...terms: string[]): Spec => affinity('podAntiAffinity', ...terms)

/** `100 app=web zone`, `-5 app=db host`: preferred, a negative weight means apart. */
function prefer(...wishes: string[]): Spec {
  const rows = wishes.map((wish) => {
    const [weight, ...rest] = wish.split(' ')
    return { weight: Number(weight), podAffinityTerm: term(rest.join(' ')) }
  })
  const positive = rows.filter(({ weight }) => weight > 0)
  const negative = rows.filter(({ weight }) => weight < 0).map((row) => ({ ...row, weight: -row.weight }))
  return {
    affinity: {
      ...(positive.length > 0 && { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: positive } }),
      ...(negative.length > 0 && { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: negative } }),
    },
  }
}

const plugin = interPodAffinity()
const namespaces = ['default', 'prod', 'test'].map((name) => ({
  metadata: { name, labels: { env: name, ...(name !== 'default' && { team: 'x' }) } },
}))
const stage = (text: string, specs: Record<string, Spec> = {}) => scene(text, { specs, objects: { namespaces } })
/** Two zones of two nodes each, and a node in none. */
const ROOMS = (a = '', b = '', c = '', d = '', e = '') =>
  `a[zone=1,hostname=a] ${a} | b[zone=1,hostname=b] ${b} | c[zone=2,hostname=c] ${c} | d[zone=2,hostname=d] ${d} | e[hostname=e] ${e}`.replace(
    / +/g,
    ' ',
  )

describe('InterPodAffinity: the incoming Pod wants to be near', () => {
  it.each<[rule: string, labels: string, Spec, where: string, passing: string]>([
    ['no wish, no say', 'app=x', {}, ROOMS('app=web'), 'skip'],
    ['in the zone of the other', 'app=x', near('app=web zone'), ROOMS('app=web'), 'a b'],
    ['on the node of the other', 'app=x', near('app=web host'), ROOMS('app=web'), 'a'],
    ['wherever there is one', 'app=x', near('app=web zone'), ROOMS('app=web', '', 'app=web'), 'a b c d'],
    ['a node without the key is no place', 'app=x', near('app=web zone'), ROOMS('', '', '', '', 'app=web'), ''],
    ['another label does not count', 'app=x', near('app=web zone'), ROOMS('app=db'), ''],
    ['all labels of a selector must match', 'app=x', near('app=web,tier=1 zone'), ROOMS('app=web'), ''],
    ['more labels than asked for do no harm', 'app=x', near('app=web zone'), ROOMS('app=web,tier=1'), 'a b'],
    ['an empty selector matches every Pod', 'app=x', near('* zone'), ROOMS('', '', 'app=db'), 'c d'],
    ['no selector matches none', 'app=x', near('- zone'), ROOMS('app=web'), ''],
    ['nobody there, and it is not its own kind', 'app=x', near('app=web zone'), ROOMS(), ''],
    ['nobody there yet, but its own kind: it begins', 'app=web', near('app=web zone'), ROOMS(), 'a b c d'],
    ['it begins only where the key is', 'app=web', near('app=web zone'), 'a[] | b[zone=1]', 'b'],
    ['the second of a kind follows the first', 'app=web', near('app=web zone'), ROOMS('', '', 'app=web'), 'c d'],
    [
      'its own kind in another namespace does not hold it',
      'app=web',
      near('app=web zone'),
      ROOMS('app=web@prod'),
      'a b c d',
    ],
    ['a Pod on its way out still counts', 'app=x', near('app=web zone'), ROOMS('app=web~'), 'a b'],
    [
      'two terms: one Pod must match both',
      'app=x',
      near('app=web zone', 'tier=1 zone'),
      ROOMS('app=web', 'tier=1'),
      '',
    ],
    ['two terms and one Pod that does', 'app=x', near('app=web zone', 'tier=1 host'), ROOMS('app=web,tier=1'), 'a'],
    ['two keys, one Pod: near by both', 'app=x', near('app=web zone', 'app=web host'), ROOMS('', 'app=web'), 'b'],
    [
      'two terms, and only one is its own: it cannot begin',
      'app=web',
      near('app=web zone', 'tier=1 zone'),
      ROOMS(),
      '',
    ],
    ['own namespace only', 'app=x', near('app=web zone'), ROOMS('app=web@prod', '', 'app=web'), 'c d'],
    ['a namespace by name', 'app=x', near('app=web zone @prod'), ROOMS('app=web@prod', '', 'app=web'), 'a b'],
    [
      'namespaces by name',
      'app=x',
      near('app=web zone @prod,test'),
      ROOMS('app=web@prod', '', 'app=web@test'),
      'a b c d',
    ],
    ['names do not include the own', 'app=x', near('app=web zone @prod'), ROOMS('app=web'), ''],
    [
      'namespaces by label',
      'app=x',
      near('app=web zone @{env=test}'),
      ROOMS('app=web@prod', '', 'app=web@test'),
      'c d',
    ],
    ['an empty namespace selector is all of them', 'app=x', near('app=web zone @{}'), ROOMS('app=web@prod'), 'a b'],
    ['a namespace selector that fits none', 'app=x', near('app=web zone @{env=no}'), ROOMS('app=web'), ''],
    [
      'names and selector add up',
      'app=x',
      near('app=web zone @default @{env=test}'),
      ROOMS('app=web', '', 'app=web@test'),
      'a b c d',
    ],
    [
      'matchLabelKeys narrows to its own value',
      'app=x,rev=2',
      near('app=web zone ^rev'),
      ROOMS('app=web,rev=1', '', 'app=web,rev=2'),
      'c d',
    ],
    [
      'matchLabelKeys of a label that it lacks are passed over',
      'app=x',
      near('app=web zone ^rev'),
      ROOMS('app=web,rev=1'),
      'a b',
    ],
    [
      'mismatchLabelKeys leaves its own value out',
      'app=x,rev=2',
      near('app=web zone !^rev'),
      ROOMS('app=web,rev=1', '', 'app=web,rev=2'),
      'a b',
    ],
  ])('%s', (_rule, labels, spec, where, passing) => {
    expect(filtered(plugin, podLabelled(labels, spec), stage(where))).toBe(passing)
  })
})

describe('InterPodAffinity: the incoming Pod wants to be apart', () => {
  it.each<[rule: string, labels: string, Spec, where: string, passing: string]>([
    ['not in the zone of the other', 'app=x', apart('app=web zone'), ROOMS('app=web'), 'c d e'],
    ['not on the node of the other', 'app=x', apart('app=web host'), ROOMS('app=web'), 'b c d e'],
    [
      'a node without the key is always far enough',
      'app=x',
      apart('app=web zone'),
      ROOMS('app=web', '', 'app=web'),
      'e',
    ],
    [
      'from its own kind: one per node',
      'app=web',
      apart('app=web host'),
      ROOMS('app=web', 'app=web', '', 'app=web'),
      'c e',
    ],
    ['nobody there', 'app=x', apart('app=web zone'), ROOMS(), 'a b c d e'],
    [
      'one of two terms is enough to refuse',
      'app=x',
      apart('app=web zone', 'app=db host'),
      ROOMS('app=web', '', 'app=db'),
      'd e',
    ],
    ['own namespace only', 'app=x', apart('app=web zone'), ROOMS('app=web@prod'), 'a b c d e'],
    ['another namespace by name', 'app=x', apart('app=web zone @prod'), ROOMS('app=web@prod'), 'c d e'],
    ['namespaces by label', 'app=x', apart('app=web zone @{team=x}'), ROOMS('app=web@prod', '', 'app=web@test'), 'e'],
    ['an empty selector keeps away from all', 'app=x', apart('* host'), ROOMS('app=a', '', 'app=c'), 'b d e'],
    ['no selector keeps away from none', 'app=x', apart('- host'), ROOMS('app=a'), 'a b c d e'],
    [
      'matchLabelKeys: only from its own revision',
      'app=web,rev=2',
      apart('app=web zone ^rev'),
      ROOMS('app=web,rev=1', '', 'app=web,rev=2'),
      'a b e',
    ],
    [
      'near one and apart from another',
      'app=x',
      { affinity: { ...near('app=web zone').affinity, ...apart('app=db host').affinity } },
      ROOMS('app=web', 'app=db'),
      'a',
    ],
  ])('%s', (_rule, labels, spec, where, passing) => {
    expect(filtered(plugin, podLabelled(labels, spec), stage(where))).toBe(passing)
  })
})

describe('InterPodAffinity: Pods that run already keep others away', () => {
  const specs = {
    apartWeb: apart('app=web zone'),
    apartAll: apart('* host'),
    apartProd: apart('app=web zone @prod'),
    apartTeam: apart('app=web zone @{team=x}'),
    nearWeb: near('app=web zone'),
    twice: apart('app=web zone', 'app=web host'),
  }
  it.each<[rule: string, labels: string, namespace: string, where: string, passing: string]>([
    ['from their zone', 'app=web', 'default', ROOMS('app=db!apartWeb'), 'c d e'],
    ['only those that they mean', 'app=x', 'default', ROOMS('app=db!apartWeb'), 'skip'],
    ['only from where they are', 'app=web', 'default', ROOMS('', '', 'app=db!apartWeb'), 'a b e'],
    [
      'one that runs where the key is missing keeps nobody away',
      'app=web',
      'default',
      ROOMS('', '', '', '', 'app=db!apartWeb'),
      'skip',
    ],
    ['everybody, from its node', 'app=x', 'default', ROOMS('app=db!apartAll'), 'b c d e'],
    ['in its own namespace', 'app=web', 'prod', ROOMS('app=db!apartWeb'), 'skip'],
    ['in the namespace that it names', 'app=web', 'prod', ROOMS('app=db!apartProd'), 'c d e'],
    ['not in its own if it names another', 'app=web', 'default', ROOMS('app=db!apartProd'), 'skip'],
    ['in namespaces with a label', 'app=web', 'test', ROOMS('app=db!apartTeam'), 'c d e'],
    ['not in those without it', 'app=web', 'default', ROOMS('app=db!apartTeam'), 'skip'],
    ['a required affinity of theirs binds nobody', 'app=web', 'default', ROOMS('app=db!nearWeb'), 'skip'],
    ['two terms, two reaches', 'app=web', 'default', ROOMS('app=db!twice'), 'c d e'],
    ['two of them, two zones', 'app=web', 'default', ROOMS('app=db!apartWeb', '', 'app=db!apartWeb'), 'e'],
  ])('%s', (_rule, labels, namespace, where, passing) => {
    expect(filtered(plugin, podLabelled(labels, {}, namespace), stage(where, specs))).toBe(passing)
  })
})

describe('InterPodAffinity: what it says', () => {
  const specs = { apartWeb: apart('app=web zone') }
  it.each<[rule: string, Spec, where: string, words: string]>([
    [
      'an affinity that is not met is beyond preemption',
      near('app=db zone'),
      ROOMS(),
      "!node(s) didn't match pod affinity rules",
    ],
    ['a key that is missing too', near('app=db rack'), ROOMS('app=db'), "!node(s) didn't match pod affinity rules"],
    [
      'an anti-affinity may be helped',
      apart('app=db zone'),
      ROOMS('app=db'),
      "node(s) didn't match pod anti-affinity rules",
    ],
    ['that of others too', {}, ROOMS('app=db!apartWeb'), "node(s) didn't satisfy existing pods anti-affinity rules"],
    [
      'its own affinity is named first',
      near('app=no zone'),
      ROOMS('app=db!apartWeb'),
      "!node(s) didn't match pod affinity rules",
    ],
    [
      'its own anti-affinity before that of others',
      apart('app=db zone'),
      ROOMS('app=db!apartWeb'),
      "node(s) didn't match pod anti-affinity rules",
    ],
  ])('%s', (_rule, spec, where, words) => {
    expect(saidOf(plugin, podLabelled('app=web', spec), stage(where, specs), 'a')).toBe(words)
  })
})

describe('InterPodAffinity: scores', () => {
  const specs = {
    likesWeb: prefer('10 app=web zone'),
    hatesWeb: prefer('-10 app=web zone'),
    needsWeb: near('app=web zone'),
    refusesWeb: apart('app=web zone'),
  }
  const THREE = (a = '', b = '', c = '') => `a[zone=1] ${a} | b[zone=2] ${b} | c[] ${c}`.replace(/ +/g, ' ')
  it.each<[rule: string, labels: string, Spec, where: string, scores: string]>([
    ['nobody wants anything', 'app=web', {}, THREE('app=web'), 'skip'],
    ['nobody to be near to', 'app=x', prefer('5 app=web zone'), THREE(), 'skip'],
    ['nearer is better', 'app=x', prefer('5 app=web zone'), THREE('app=web'), 'a 100, b 0, c 0'],
    [
      'more of them is better',
      'app=x',
      prefer('5 app=web zone'),
      THREE('app=web app=web', 'app=web'),
      'a 100, b 50, c 0',
    ],
    [
      'weights add up',
      'app=x',
      prefer('30 app=web zone', '10 app=db zone'),
      THREE('app=web app=db', 'app=web'),
      'a 100, b 75, c 0',
    ],
    [
      'apart: the emptier is better',
      'app=x',
      prefer('-5 app=web zone'),
      THREE('app=web app=web', 'app=web'),
      'a 0, b 50, c 100',
    ],
    [
      'near one, apart from another',
      'app=x',
      prefer('10 app=web zone', '-10 app=db zone'),
      THREE('app=web app=db', 'app=web'),
      'a 0, b 100, c 0',
    ],
    [
      'only from below zero: the best is 100 all the same',
      'app=x',
      prefer('-1 app=web zone'),
      'a[zone=1] app=web app=web | b[zone=2] app=web',
      'a 0, b 100',
    ],
    ['alike for all decides nothing', 'app=x', prefer('5 app=web zone'), 'a[zone=1] app=web | b[zone=1]', 'a 0, b 0'],
    ['those that like it draw it', 'app=web', {}, THREE('app=db!likesWeb'), 'a 100, b 0, c 0'],
    ['those that do not push it away', 'app=web', {}, THREE('app=db!hatesWeb'), 'a 0, b 100, c 100'],
    ['a required affinity draws a little', 'app=web', {}, THREE('app=db!needsWeb'), 'a 100, b 0, c 0'],
    [
      '… less than a preferred one of weight 10',
      'app=web',
      {},
      THREE('app=db!needsWeb', 'app=db!likesWeb'),
      'a 10, b 100, c 0',
    ],
    ['a required anti-affinity is no matter of taste', 'app=web', {}, THREE('app=db!refusesWeb'), 'skip'],
    ['other Pods are not drawn', 'app=x', {}, THREE('app=db!likesWeb'), 'skip'],
    ['its own namespace only', 'app=x', prefer('5 app=web zone'), THREE('app=web@prod', 'app=web'), 'a 0, b 100, c 0'],
    [
      'namespaces by label',
      'app=x',
      prefer('5 app=web zone @{team=x}'),
      THREE('app=web@prod', 'app=web'),
      'a 100, b 0, c 0',
    ],
    [
      'per node and per zone together',
      'app=x',
      prefer('10 app=web zone', '10 app=web host'),
      'a[zone=1,hostname=a] app=web | b[zone=1,hostname=b] | c[zone=2,hostname=c]',
      'a 100, b 50, c 0',
    ],
  ])('%s', (_rule, labels, spec, where, scores) => {
    expect(scored(plugin, podLabelled(labels, spec), stage(where, specs))).toBe(scores)
  })

  it.each<[rule: string, object, where: string, scores: string]>([
    [
      'hardPodAffinityWeight sets what a required one draws',
      { hardPodAffinityWeight: 10 },
      THREE('app=db!needsWeb', 'app=db!likesWeb'),
      'a 100, b 100, c 0',
    ],
    ['0: nothing', { hardPodAffinityWeight: 0 }, THREE('app=db!needsWeb'), 'skip'],
    ['tastes of others can be ignored', { ignorePreferredTermsOfExistingPods: true }, THREE('app=db!likesWeb'), 'skip'],
  ])('%s', (_rule, args, where, scores) => {
    expect(scored(interPodAffinity(args), podLabelled('app=web'), stage(where, specs))).toBe(scores)
  })

  it('comes to the same where few nodes are scored and where many are', () => {
    const { nodes } = stage(THREE('app=db!likesWeb app=db', 'app=db!likesWeb'), specs)
    const aPod = podLabelled('app=web', prefer('7 app=db zone', '-2 app=db host', '3 app=db zone'))
    const valuesFor = (feasible: readonly NodeInfo[]) => {
      const state: CycleState = {}
      plugin.preScore!(state, aPod, feasible, nodes)
      return [...nodes].map((info) => plugin.score!(state, aPod, info))
    }
    expect(valuesFor([])).toEqual(valuesFor([...nodes]))
    expect(new Set(valuesFor([])).size).toBeGreaterThan(1)
  })

  it('refuses a weight out of bounds', () => {
    expect(() => interPodAffinity({ hardPodAffinityWeight: 101 })).toThrow('not in [0, 100]')
  })
})

describe('InterPodAffinity: what if', () => {
  const ask = (spec: Spec, where: string, specs: Record<string, Spec>, change: 'addPod' | 'removePod', other?: Pod) => {
    const { nodes } = stage(where, specs)
    const state: CycleState = {}
    const aPod = podLabelled('app=web', spec)
    plugin.preFilter!(state, aPod, nodes)
    const before = { ...state }
    const info = nodes.get('a')!
    plugin[change]!(state, aPod, other ?? podsOf(info.pods)[0]!, info)
    const said = (from: CycleState) => (plugin.filter!(from, aPod, info) === undefined ? 'yes' : 'no')
    return `${said(before)} → ${said(state)}`
  }
  const specs = { apartWeb: apart('app=web zone') }
  it.each<[rule: string, Spec, where: string, 'addPod' | 'removePod', Pod | undefined, answer: string]>([
    ['the enemy goes', apart('app=db zone'), ROOMS('app=db'), 'removePod', undefined, 'no → yes'],
    ['one of two enemies goes', apart('app=db zone'), ROOMS('app=db app=db'), 'removePod', undefined, 'no → no'],
    [
      'the other enemy is in the zone, not on the node',
      apart('app=db zone'),
      ROOMS('app=db', 'app=db'),
      'removePod',
      undefined,
      'no → no',
    ],
    ['who refuses it goes', {}, ROOMS('app=db!apartWeb'), 'removePod', undefined, 'no → yes'],
    ['the friend goes', near('app=db zone'), ROOMS('app=db'), 'removePod', undefined, 'yes → no'],
    [
      'the last of its kind goes: it may begin anew',
      near('app=web zone'),
      ROOMS('app=web'),
      'removePod',
      undefined,
      'yes → yes',
    ],
    ['a friend comes', near('app=db zone'), ROOMS(), 'addPod', podLabelled('app=db'), 'no → yes'],
    ['an enemy comes', apart('app=db zone'), ROOMS(), 'addPod', podLabelled('app=db'), 'yes → no'],
    [
      'one comes that refuses it',
      apart('app=no zone'),
      ROOMS(),
      'addPod',
      podLabelled('app=db', specs.apartWeb),
      'yes → no',
    ],
    ['a stranger comes', apart('app=db zone'), ROOMS(), 'addPod', podLabelled('app=x'), 'yes → yes'],
  ])('%s', (_rule, spec, where, change, other, answer) => {
    expect(ask(spec, where, specs, change, other)).toBe(answer)
  })
})

describe('InterPodAffinity: what may help', () => {
  const hint = (event: string, aPod: Pod, given: object): boolean =>
    plugin.eventsToRegister!.find((each) => each.event === event)!.hint!(aPod, { name: event, ...given } as never)
  it.each<[rule: string, event: string, Spec, given: object, helps: boolean]>([
    ['a friend has come', 'AssignedPod/Add', near('app=db zone'), { pod: podLabelled('app=db') }, true],
    ['a stranger has come', 'AssignedPod/Add', near('app=db zone'), { pod: podLabelled('app=x') }, false],
    [
      'a friend in another namespace',
      'AssignedPod/Add',
      near('app=db zone'),
      { pod: podLabelled('app=db', {}, 'prod') },
      false,
    ],
    ['an enemy has gone', 'AssignedPod/Delete', apart('app=db zone'), { pod: podLabelled('app=db') }, true],
    ['a stranger has gone', 'AssignedPod/Delete', apart('app=db zone'), { pod: podLabelled('app=x') }, false],
    [
      'one has gone that refused it',
      'AssignedPod/Delete',
      {},
      { pod: podLabelled('app=db', apart('app=web zone')) },
      true,
    ],
    [
      'a stranger became a friend',
      'AssignedPod/UpdateLabel',
      near('app=db zone'),
      { oldPod: podLabelled('app=x'), pod: podLabelled('app=db') },
      true,
    ],
    [
      'an enemy became a stranger',
      'AssignedPod/UpdateLabel',
      apart('app=db zone'),
      { oldPod: podLabelled('app=db'), pod: podLabelled('app=x') },
      true,
    ],
    [
      'a friend stayed one',
      'AssignedPod/UpdateLabel',
      near('app=db zone'),
      { oldPod: podLabelled('app=db'), pod: podLabelled('app=db,x=1') },
      false,
    ],
  ])('%s', (_rule, event, spec, given, helps) => {
    expect(hint(event, podLabelled('app=web', spec), given)).toBe(helps)
  })
})
