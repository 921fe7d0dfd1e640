/** Each check is a name, a hint and a function of a trial; here a trial starts one process per call, with a store between. */
import type { AddResult, Attachment, CniError, IpamConfig } from 'clusterwright/cni'
import {
  asyncGuest,
  AsyncHost,
  type AsyncProcess,
  type Chance,
  defineChecks,
  defineTexts,
  example,
  type HostCall,
  property,
  type Trial,
} from 'clusterwright/kit'

/** What the checks say, in both languages, by key. */
const { texts, say } = defineTexts({
  en: {
    first: '{call} did not answer with the first free address.',
    neither: '{call} answered with neither a result nor an error.',
    shape: '{ cniVersion, ips: [{ address }] } or { error: { cniVersion, code, msg } }',
    full: '{call} found every address taken, but did not answer with an error.',
    anError: 'an error with a code from 100',
    shared: 'Two containers hold the address {address}.',
    own: 'an address of its own for each container',
  },
  es: {
    first: '{call} no respondió con la primera dirección libre.',
    neither: '{call} no respondió ni con un resultado ni con un error.',
    shape: '{ cniVersion, ips: [{ address }] } o { error: { cniVersion, code, msg } }',
    full: '{call} encontró todas las direcciones ocupadas, pero no respondió con un error.',
    anError: 'un error con un código a partir de 100',
    shared: 'Dos contenedores tienen la dirección {address}.',
    own: 'una dirección propia para cada contenedor',
  },
})

const FIRST = 2

/** A range of so many addresses: 10.0.0.2, 10.0.0.3 … */
const configOf = (size: number): IpamConfig => ({
  cniVersion: '1.1.0',
  name: 'pods',
  ipam: {
    type: 'host-local',
    ranges: [[{ subnet: '10.0.0.0/24', rangeStart: addressAt(0), rangeEnd: addressAt(size - 1) }]],
  },
})
const addressAt = (index: number): string => `10.0.0.${FIRST + index}`
const container = (index: number): Attachment => ({ containerID: `web-${index + 1}`, ifname: 'eth0' })

type Answer = AddResult | { readonly error: CniError }

/** A node: its store, and the processes that a runtime starts on it. */
class Node {
  readonly config: IpamConfig
  readonly host: AsyncHost
  readonly #trial: Trial<any>
  readonly #files = new Map<string, Attachment>()

  constructor(trial: Trial<any>, size: number) {
    this.#trial = trial
    this.config = configOf(size)
    this.host = new AsyncHost(trial, { perform: (call) => this.#perform(call) })
  }

  #perform({ method, args, reply }: HostCall): void {
    const [address, holder] = args as [string, Attachment]
    if (method === 'list') return reply([...this.#files].map(([at, by]) => ({ address: at, ...by })))
    if (method === 'release') {
      this.#files.delete(address)
      return reply()
    }
    const isFree = !this.#files.has(address)
    if (isFree) this.#files.set(address, holder)
    return reply(isFree)
  }

  start(verb: 'add' | 'del', who: Attachment): AsyncProcess {
    return this.host.start(`${verb} ${who.containerID}`, verb, [this.config, who])
  }

  /** What an `add` came to; ends the trial when it broke down, or answered with something else. */
  answerOf({ name, outcome }: AsyncProcess): Answer {
    if (!outcome!.ok) this.#trial.crash(outcome!, name)
    const answer = outcome!.value as Partial<AddResult & { error: CniError }> | null | undefined
    const isError = Number.isInteger(answer?.error?.code) && answer!.error!.code >= 100
    const isResult = Array.isArray(answer?.ips) && answer.ips.every((ip) => typeof ip?.address === 'string')
    if (!isError && !isResult) {
      const actual = JSON.stringify(answer) ?? 'undefined'
      this.#trial.fail({ message: say('neither', { call: name }), expected: say('shape'), actual, hint: 'first' })
    }
    return answer as Answer
  }

  /** One call from beginning to end. */
  call(verb: 'add' | 'del', who: Attachment): Answer | undefined {
    const process = this.start(verb, who)
    this.host.run()
    if (verb === 'add') return this.answerOf(process)
    if (!process.outcome!.ok) this.#trial.crash(process.outcome!, process.name)
    return undefined
  }
}

const addressIn = (answer: Answer | undefined): string | undefined =>
  answer && 'ips' in answer ? answer.ips[0]?.address : undefined

/** Adds one container, to whom this address is due. */
function expectAddress(trial: Trial<any>, node: Node, index: number, due: number): void {
  const message = say('first', { call: `add ${container(index).containerID}` })
  trial.equal(addressIn(node.call('add', container(index))), `${addressAt(due)}/24`, message, { hint: 'first' })
}

const crowd = (chance: Chance) => ({ size: chance.between(1, 6), containers: chance.between(1, 6) })

export default defineChecks(
  asyncGuest({ functions: ['add', 'del'], methods: ['list', 'reserve', 'release'] }),
  [
    example('a full range is an error, and what is released can be had again', {
      hint: 'first',
      run(trial) {
        const node = new Node(trial, 2)
        expectAddress(trial, node, 0, 0)
        expectAddress(trial, node, 1, 1)
        const answer = node.call('add', container(2))!
        if (!('error' in answer)) {
          const actual = JSON.stringify(answer)
          trial.fail({ message: say('full', { call: 'add web-3' }), expected: say('anError'), actual, hint: 'full' })
        }
        node.call('del', container(0))
        node.call('del', container(0))
        expectAddress(trial, node, 3, 0)
      },
    }),

    property('containers that come at the same time never share an address', {
      hint: 'race',
      generate: crowd,
      run(trial, { size, containers }) {
        const node = new Node(trial, size)
        const processes = Array.from({ length: containers }, (_, index) => node.start('add', container(index)))
        node.host.run()
        const given = processes.map((process) => addressIn(node.answerOf(process)))
        const held = given.filter((address) => address !== undefined)
        const twice = held.find((address, index) => held.indexOf(address) !== index)
        const actual = given.map((address) => address ?? '-').join(', ')
        if (twice) trial.fail({ message: say('shared', { address: twice }), expected: say('own'), actual })
        const count = Math.min(size, containers)
        trial.equal(held.length, count, say('first', { call: 'add' }), { hint: 'first' })
      },
    }),
  ],
  texts,
)
