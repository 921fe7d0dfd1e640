/** A learner's own examples for `ipam-host-local`: how they are read, and how a plugin is held against them. */
import { defineTests, listed, Reader, type Sayable, type Trial } from 'clusterwright/kit'
import type { Attachment, RangeSet, Reservation } from 'clusterwright/cni'
import { numberOf, textOf } from './addresses.ts'
import { attachment, config } from './cases.ts'
import { IPAM } from './guest.ts'
import { Node, type Outcome, type Verb, words } from './node.ts'
import { say, texts } from './tests-texts.ts'

interface Expected {
  readonly is: 'success' | 'error'
  readonly code?: number | { readonly not: number }
  readonly cniVersion?: string
  readonly ips?: readonly { readonly address: string; readonly gateway?: string }[]
}

interface Call {
  readonly verb: Verb
  readonly subject: Attachment | readonly Attachment[]
  readonly expect: Expected
}

interface Example {
  readonly ranges: readonly RangeSet[]
  readonly held: readonly Reservation[]
  readonly last: readonly (string | null)[]
  readonly diskRefuses?: number
  readonly calls: readonly (readonly Call[])[]
  readonly store?: readonly string[]
}

const CALLS_MAX = 60

// ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** In its canonical form, so that texts can be compared. */
function addressIn(given: Reader, text = given.text()): string {
  const number = numberOf(text)
  if (number === undefined) given.refuse(say('want-address'))
  return textOf(number, text.includes(':'))
}

function addressWithPrefix(given: Reader): string {
  const [address = '', prefix, ...more] = given.text().split('/')
  if (prefix === undefined || !/^\d{1,3}$/.test(prefix) || more.length > 0 || numberOf(address) === undefined)
    given.refuse(say('want-with-prefix'))
  return `${addressIn(given, address)}/${prefix}`
}

function attachmentIn(given: Reader): Attachment {
  const [container = '', ifname, ...more] = given.text().split('/')
  if (container === '' || ifname === '' || more.length > 0) given.refuse(say('want-who'))
  return attachment(container, ifname)
}

function readRange(given: Reader): RangeSet[number] {
  given.only('subnet', 'rangeStart', 'rangeEnd', 'gateway')
  const subnet = given.at('subnet')
  const [address = '', prefix = '', ...more] = subnet.text().split('/')
  if (!/^\d{1,3}$/.test(prefix) || numberOf(address) === undefined || more.length > 0) subnet.refuse(say('want-subnet'))
  const most = address.includes(':') ? 128 : 32
  if (Number(prefix) > most) subnet.refuse(say('want-subnet'))
  const others = (['rangeStart', 'rangeEnd', 'gateway'] as const).filter((name) => given.at(name).isThere)
  for (const name of others) addressIn(given.at(name))
  return given.value as RangeSet[number]
}

function readExpected(given: Reader, verb: Verb): Expected {
  if (given.value === 'success' || given.value === 'error') return { is: given.value }
  if (verb !== 'add') given.refuse(say('want-outcome'))
  if (given.isList) return { is: 'success', ips: given.list(8).map((one) => ({ address: addressWithPrefix(one) })) }
  if (!given.isThere || given.isText) given.refuse(say('want-added'))
  given.only('code', 'cniVersion', 'ips')
  const code = given.at('code')
  if (code.isThere) return { is: 'error', code: readCode(code) }
  const version = given.at('cniVersion')
  return {
    is: 'success',
    ...(version.isThere && { cniVersion: version.text() }),
    ips: given
      .at('ips')
      .list(8)
      .map((ip) => {
        const gateway = ip.only('address', 'gateway').at('gateway')
        return { address: addressWithPrefix(ip.at('address')), ...(gateway.isThere && { gateway: addressIn(gateway) }) }
      }),
  }
}

const readCode = (given: Reader): NonNullable<Expected['code']> =>
  typeof given.value === 'number' ? given.whole(1, 9999) : { not: given.only('not').at('not').whole(1, 9999) }

function readCall(given: Reader): Call {
  const verb = given.at('verb').oneOf(['add', 'del', 'check', 'gc'])
  given.only('verb', verb === 'gc' ? 'valid' : 'who', 'expect')
  const subject = verb === 'gc' ? given.at('valid').list().map(attachmentIn) : attachmentIn(given.at('who'))
  return { verb, subject, expect: readExpected(given.at('expect'), verb) }
}

const holders = (given: Reader): Reservation[] =>
  given.entries().map(([address, who]) => ({
    address: addressIn(new Reader(address, who.path)),
    ...attachmentIn(who),
  }))

function read(given: Reader): Example {
  given.only('name', 'ranges', 'held', 'last', 'diskRefuses', 'calls', 'store')
  const [held, last, refuses, store] = ['held', 'last', 'diskRefuses', 'store'].map((name) => given.at(name))
  const calls = given.at('calls').list(CALLS_MAX)
  if (calls.length === 0) given.at('calls').refuse(say('want-call'))
  return {
    ranges: given
      .at('ranges')
      .list(8)
      .map((set) => set.list(8).map(readRange)),
    held: held!.isThere ? holders(held!) : [],
    last: last!.isThere ? last!.list(8).map((one) => (one.value === null ? null : addressIn(one))) : [],
    ...(refuses!.isThere && { diskRefuses: refuses!.whole(1, 1000) }),
    calls: calls.map((call) => (call.isList ? call.list(8).map(readCall) : [readCall(call)])),
    ...(store!.isThere && { store: linesOf(holders(store!)) }),
  }
}

// ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const linesOf = (reservations: readonly Reservation[]): string[] =>
  reservations.map(({ address, ...who }) => `${address} ${words(who)}`).sort()

/** What runs at the same time is run in so many ways to meet. */
const MEETINGS = 3

function run(trial: Trial<any>, example: Example): void {
  const isCrowded = example.calls.some(({ length }) => length > 1)
  for (let meeting = 0; meeting < (isCrowded ? MEETINGS : 1); meeting++) runOnce(trial, example, meeting)
}

/** Microseconds by which a call begins later than the first of those that run at the same time. */
const lateness = (index: number, meeting: number): number => (index * meeting * 379) % 1500

function runOnce(trial: Trial<any>, example: Example, meeting: number): void {
  const node = new Node(trial, config(example.ranges), { reservations: example.held, last: example.last })
  if (example.diskRefuses !== undefined) node.disk.broken = { call: example.diskRefuses }
  for (const calls of example.calls) {
    const begun = calls.map((call, index) => {
      const at = node.host.now + lateness(index, meeting)
      return { call, process: node.start(call.verb, call.subject, { at }) }
    })
    node.host.run()
    for (const { call, process } of begun) hold(node, process.name, call, node.outcomeOf(process, call.verb))
  }
  const { store } = example
  const holds = node.disk.contents()
  if (store === undefined || store.join('\n') === holds.join('\n')) return
  const inWords = (lines: readonly string[]): Sayable => (lines.length === 0 ? say('nothing') : lines.join(', '))
  node.fail({ message: say('store-otherwise'), expected: inWords(store), actual: inWords(holds) })
}

function hold(node: Node, who: string, { verb, expect }: Call, outcome: Outcome): void {
  if (isAsSaid(verb, expect, outcome)) return
  node.fail({
    message: say('comes-otherwise', { who }),
    expected: expectedWords(expect),
    actual: outcomeWords(outcome),
  })
}

function isAsSaid(verb: Verb, { is, code, cniVersion, ips }: Expected, outcome: Outcome): boolean {
  if ('error' in outcome) return is === 'error' && isCode(outcome.error.code, code)
  if (is === 'error') return false
  if (verb !== 'add' || ips === undefined) return true
  const { result } = outcome
  if (cniVersion !== undefined && result!.cniVersion !== cniVersion) return false
  return (
    result!.ips.length === ips.length &&
    ips.every(({ address, gateway }, index) => {
      const given = result!.ips[index]!
      return canonical(given.address) === address && (gateway === undefined || canonical(given.gateway) === gateway)
    })
  )
}

const isCode = (given: number, code: Expected['code']): boolean =>
  code === undefined || (typeof code === 'number' ? given === code : given !== code.not)

/** An address with or without its prefix as a learner's example has it; what is no address stays as it is. */
function canonical(text = ''): string {
  const [address = '', ...prefix] = text.split('/')
  const number = numberOf(address)
  return number === undefined ? text : [textOf(number, address.includes(':')), ...prefix].join('/')
}

function expectedWords({ is, code, ...result }: Expected): Sayable {
  if (typeof code === 'object') return say('error-but', { code: String(code.not) })
  if (is === 'error') return code === undefined ? say('an-error') : say('error-code', { code: String(code) })
  return result.ips === undefined ? say('success') : resultWords(result)
}

function outcomeWords(outcome: Outcome): Sayable {
  if ('error' in outcome) return say('error-of', { code: String(outcome.error.code), msg: outcome.error.msg })
  return outcome.result === undefined ? say('success') : resultWords(outcome.result)
}

const resultWords = ({ cniVersion, ips = [] }: Omit<Expected, 'is' | 'code'>): Sayable =>
  listed([
    ...ips.map(({ address, gateway }) => (gateway === undefined ? address : `${address} (gateway ${gateway})`)),
    ...(cniVersion === undefined ? [] : [`cniVersion ${cniVersion}`]),
  ])

export default defineTests<Example>({
  guest: IPAM,
  threshold: 15,
  // Only a crash, a DEL at the very moment of an ADD, or a look into the file of the last address shows what these do.
  beyond: [
    ...['del-without-the-lock', 'gc-locks-twice', 'gc-rebuilds', 'no-lock-but-tries-again', 'reads-before-the-lock'],
    'undo-rewinds-last',
  ],
  read,
  run,
  texts,
})
