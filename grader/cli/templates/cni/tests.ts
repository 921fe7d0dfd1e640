/** A learner's own examples: how one is read, and how a plugin is held against it. */
import {
  asyncGuest,
  type AsyncProcess,
  defineTests,
  defineTexts,
  joinTexts,
  type Reader,
  type Trial,
} from 'clusterwright/kit'
import { addressIn, container, Node, texts as nodeTexts } from './node.ts'

const VERBS = ['add', 'del'] as const
/** Where no address is named: any that nobody else holds, or none. */
const [ANY, FULL] = ['address', 'error']
const CONTAINERS_MAX = 9

const { texts, say } = defineTexts({
  en: {
    otherwise: 'Something else comes of {call}.',
    shared: '{call} answered with an address that another container holds.',
    error: 'an error',
    any: 'an address of its own',
  },
  es: {
    otherwise: 'De {call} resulta otra cosa.',
    shared: '{call} respondió con una dirección que tiene otro contenedor.',
    error: 'un error',
    any: 'una dirección propia',
  },
})

interface Call {
  readonly verb: (typeof VERBS)[number]
  /** Which container: 1 is web-1. */
  readonly who: number
  /** What `add` must answer: an address with its prefix length, `address` for any, or `error`. */
  readonly expect?: string
}

interface Example {
  /** So many addresses, from 10.0.0.2 on. */
  readonly size: number
  /** One step after the other; the calls of a step run at the same time. */
  readonly steps: readonly (readonly Call[])[]
}

function readCall(given: Reader): Call {
  const verb = given.at('verb').oneOf(VERBS)
  given.only('verb', 'who', ...(verb === 'add' ? ['expect'] : []))
  const call = { verb, who: given.at('who').whole(1, CONTAINERS_MAX) }
  return verb === 'add' ? { ...call, expect: given.at('expect').text() } : call
}

function read(given: Reader): Example {
  given.only('name', 'size', 'calls')
  return {
    size: given.at('size').whole(1, CONTAINERS_MAX),
    steps: given
      .at('calls')
      .list()
      .map((step) => (step.isList ? step.list(CONTAINERS_MAX).map(readCall) : [readCall(step)])),
  }
}

function run(trial: Trial<any>, { size, steps }: Example): void {
  const node = new Node(trial, size)
  /** Who was given what, and still has it. */
  const held = new Map<number, string>()
  for (const calls of steps) {
    const begun = calls.map((call) => ({ call, process: node.start(call.verb, container(call.who - 1)) }))
    node.host.run()
    for (const { call, process } of begun) {
      if (call.verb === 'add') hold(trial, node, call, process, held)
      else {
        node.mustEnd(process)
        held.delete(call.who)
      }
    }
  }
}

function hold(trial: Trial<any>, node: Node, call: Call, process: AsyncProcess, held: Map<number, string>): void {
  const { who, expect = ANY } = call
  const told = node.answerOf(process)
  const address = addressIn(told)
  const answer = 'error' in told ? FULL : (address ?? '[]')
  const isAsSaid = expect === ANY ? address !== undefined : answer === expect
  const isShared = address !== undefined && [...held].some(([other, taken]) => other !== who && taken === address)
  if (address !== undefined) held.set(who, address)
  if (isAsSaid && !isShared) return
  trial.fail({
    message: say(isAsSaid ? 'shared' : 'otherwise', { call: process.name }),
    expected: expect === ANY ? say('any') : expect === FULL ? say('error') : expect,
    actual: answer === FULL ? say('error') : answer,
  })
}

export default defineTests<Example>({
  guest: asyncGuest({ functions: ['add', 'del'], methods: ['list', 'reserve', 'release'] }),
  threshold: 2,
  beyond: [],
  read,
  run,
  texts: joinTexts(nodeTexts, texts),
})
