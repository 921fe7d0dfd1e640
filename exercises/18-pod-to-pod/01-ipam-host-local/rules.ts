/** What must hold after each verb, given what the store held before. */
import { listed, type Said } from 'clusterwright/kit'
import type { AddResult, Attachment, CniError, IpamConfig } from 'clusterwright/cni'
import { isWithin, nextAddress, numberOf, type Span, spanOf, textOf } from './addresses.ts'
import { type Disk } from './disk.ts'
import { type Node, type Outcome, words } from './node.ts'
import { say } from './texts.ts'

const errorWords = ({ code, msg }: CniError): Said => say('error', { code: String(code), msg })

/** The store as it was. */
export interface Before {
  readonly contents: readonly string[]
  readonly taken: ReadonlySet<string>
  readonly last: ReadonlyMap<number, string>
}

export const before = ({ reservations, last }: Disk): Before => ({
  contents: contentsOf(reservations),
  taken: new Set(reservations.keys()),
  last: new Map(last),
})

const contentsOf = (reservations: ReadonlyMap<string, Attachment>): string[] =>
  [...reservations].map(([address, holder]) => `${address} ${words(holder)}`).sort()

/** What an ADD must give, one address per set; or why it must fail. */
export function expectedAdd(
  config: IpamConfig,
  attachment: Attachment,
  disk: Disk,
): { readonly addresses: readonly string[] } | { readonly refused: 'duplicate' | 'exhausted' } {
  const { ranges } = config.ipam
  if (disk.heldBy(attachment).length > 0) return { refused: 'duplicate' }
  const next = ranges.map((set, index) =>
    nextAddress(set, (address) => disk.reservations.has(address), disk.last.get(index)),
  )
  if (next.includes(undefined)) return { refused: 'exhausted' }
  return { addresses: next.map((one) => one!.address) }
}

/** Holds an ADD's outcome against what the store said before it. */
export function judgeAdd(
  node: Node,
  attachment: Attachment,
  outcome: Outcome,
  was: Before,
  expected: ReturnType<typeof expectedAdd>,
): void {
  const who = `ADD ${words(attachment)}`
  if ('refused' in expected) return judgeRefusedAdd(node, who, outcome, was, expected.refused)
  if ('error' in outcome) {
    node.fail({
      message: say('failed-though-free', {
        ...{ who, msg: outcome.error.msg, count: expected.addresses.length },
        addresses: expected.addresses.join(', '),
      }),
      expected: expected.addresses.join(', '),
      actual: errorWords(outcome.error),
      hint: was.contents.some((line) => line.includes(` ${attachment.containerID}/`)) ? 'idempotent' : 'next',
    })
  }
  const result = outcome.result!
  judgeShape(node, who, result)
  result.ips.forEach(({ address }, index) => judgeAddress(node, who, address, index, was, expected.addresses[index]!))
  judgeWritten(node, who, attachment, result, was)
}

function judgeShape(node: Node, who: string, { ips, cniVersion }: AddResult): void {
  const { config } = node
  const sets = config.ipam.ranges.length
  if (ips.length !== sets) {
    node.fail({
      message: say('too-many-or-few', { who, given: ips.length, sets }),
      expected: say('one-per-set', { sets }),
      actual: ips.map(({ address }) => address).join(', ') || say('none'),
      hint: 'result',
    })
  }
  if (cniVersion !== config.cniVersion) {
    node.fail({
      message: say('another-version', { who }),
      expected: config.cniVersion,
      actual: JSON.stringify(cniVersion) ?? 'undefined',
      hint: 'result',
    })
  }
}

/** Why this address must not be given to anybody; undefined if it may. */
function forbidden(spans: readonly Span[], address: string): Said | undefined {
  const number = numberOf(address)
  if (number === undefined) return say('no-address')
  for (const { network, broadcast, gateway, range, isV6 } of spans) {
    if (address.includes(':') !== isV6) continue
    if (number === gateway) return say('gateway', { subnet: range.subnet })
    if (number === network) return say('network', { subnet: range.subnet })
    if (number === broadcast) return say('broadcast', { subnet: range.subnet })
  }
  if (spans.some((span) => isWithin(span, address))) return undefined
  const ranges = spans.map(({ first, last, isV6 }) => `${textOf(first, isV6)}–${textOf(last, isV6)}`).join(', ')
  return say('outside', { ranges })
}

/** Whatever is free: an address like this is given to nobody. */
function judgeAllowed(node: Node, who: string, given: string, index: number): void {
  const set = node.config.ipam.ranges[index]
  const why = set && forbidden(set.map(spanOf), given.split('/')[0]!)
  if (!why) return
  node.fail({
    message: say('forbidden', { who, given, why }),
    expected: say('forbidden-expected'),
    actual: given,
    hint: 'next',
  })
}

function judgeAddress(node: Node, who: string, given: string, index: number, was: Before, expected: string): void {
  const [address = '', bits] = given.split('/')
  const spans = node.config.ipam.ranges[index]!.map(spanOf)
  const why = forbidden(spans, address)
  const plain = canonical(address)
  const fail = (message: Said, hint: string): never => node.fail({ message, expected, actual: given, hint })
  if (why) fail(say('forbidden', { who, given, why }), 'next')
  if (was.taken.has(plain)) fail(say('taken', { who, given: plain }), 'lock')
  const span = spans.find((one) => isWithin(one, plain))!
  if (bits !== String(span.bits)) {
    node.fail({
      message: say('no-prefix', { who, given }),
      expected: `${plain}/${span.bits}`,
      actual: given,
      hint: 'result',
    })
  }
  if (plain !== expected) {
    const last = was.last.get(index)
    const after = last === undefined ? say('nothing-before') : say('reserved-last', { last })
    fail(say('not-the-next', { who, given: plain, after, expected }), 'next')
  }
}

function judgeGateways(node: Node, who: string, { ips }: AddResult): void {
  ips.forEach(({ address, gateway }, index) => {
    const [plain = ''] = address.split('/')
    const span = node.config.ipam.ranges[index]!.map(spanOf).find((one) => isWithin(one, plain))!
    if (typeof gateway === 'string' && numberOf(gateway) === span.gateway) return
    const message = say('wrong-gateway', { who, given: plain })
    const actual =
      gateway === undefined || gateway === null
        ? say('none')
        : typeof gateway === 'string'
          ? gateway
          : JSON.stringify(gateway)
    node.fail({ message, expected: textOf(span.gateway, span.isV6), actual, hint: 'result' })
  })
}

/** What was answered is also written down, and nothing else has changed. */
function judgeWritten(node: Node, who: string, attachment: Attachment, result: AddResult, was: Before): void {
  judgeGateways(node, who, result)
  const given = result.ips.map(({ address }) => canonical(address.split('/')[0]!))
  judgeContents(
    node,
    say('has-returned', { who }),
    [...was.contents, ...given.map((address) => `${address} ${words(attachment)}`)],
    'result',
  )
  judgeLastGiven(node, who, result, 'next')
}

/** The canonical text of an address; what is none stays as it is. */
export function canonical(address: string): string {
  const number = numberOf(address)
  return number === undefined ? address : textOf(number, address.includes(':'))
}

const REASONS = {
  duplicate: { because: say('holds-already'), hint: 'idempotent' },
  exhausted: { because: say('none-free'), hint: 'undo' },
  invalid: { because: say('no-sense'), hint: 'validate' },
} as const

/** The plugin's own errors begin at 100; 11 asks to try again later; 7 is a bad configuration. */
const CODES: Readonly<Record<keyof typeof REASONS, (code: number) => boolean>> = {
  duplicate: (code) => code >= 100 || code === 4,
  exhausted: (code) => code >= 100 || code === 11,
  invalid: (code) => code === 7,
}

export function judgeRefusedAdd(
  node: Node,
  who: string,
  outcome: Outcome,
  was: Before,
  reason: keyof typeof REASONS,
): void {
  const { because, hint } = REASONS[reason]
  if (!('error' in outcome)) {
    // What it holds already may be of a former range.
    const judged = reason === 'duplicate' ? [] : (outcome.result?.ips ?? [])
    for (const [index, { address }] of judged.entries()) judgeAllowed(node, who, address, index)
    const given = outcome.result?.ips.map(({ address }) => address).join(', ')
    node.fail({
      message: say('succeeded-although', { who, because }),
      expected: say('an-error'),
      actual: given || say('success'),
      hint,
    })
  }
  judgeContents(node, say('has-failed-because', { who, because }), was.contents, hint)
  judgeLastTried(node, who, was, hint)
  judgeCode(node, who, outcome.error, reason)
}

function judgeCode(node: Node, who: string, { code, msg }: CniError, reason: keyof typeof REASONS): void {
  if (CODES[reason](code)) return
  node.fail({
    message: say('another-code', { who, because: REASONS[reason].because, code: String(code) }),
    expected: reason === 'invalid' ? 'code 7: invalid network config' : say('code-of-your-own'),
    actual: `code ${code}: ${msg}`,
    hint: reason === 'invalid' ? 'validate' : 'result',
  })
}

/** The store holds exactly this. */
export function judgeContents(node: Node, when: Said, expected: readonly string[], hint: string): void {
  const [should, is] = [[...expected].sort(), contentsOf(node.disk.reservations)]
  const lost = should.filter((line) => !is.includes(line))
  const extra = is.filter((line) => !should.includes(line))
  if (lost.length + extra.length === 0) return
  const said = [
    ...(lost.length > 0 ? [say('missing', { lines: lost.join(', ') })] : []),
    ...(extra.length > 0 ? [say('extra', { lines: extra.join(', ') })] : []),
  ]
  node.fail({
    message: say('store-differs', { when, what: listed(said) }),
    expected: should.join(', ') || say('empty-store'),
    actual: is.join(', ') || say('empty-store'),
    hint,
  })
}

/** What an ADD that failed had reserved may be the last all the same; otherwise the last is what it was. */
export function judgeLastTried(node: Node, who: string, was: Before, hint: string): void {
  for (const [index, set] of node.config.ipam.ranges.entries()) {
    const [from, to] = [was.last.get(index), node.disk.last.get(index)]
    if (from === to) continue
    const tried = nextAddress(set, (address) => was.taken.has(address), from)?.address
    if (to === tried) continue
    const params = { who, index, from: from ?? say('nothing'), to: to ?? say('nothing') }
    node.fail({ message: say('last-changed', params), expected: params.from, actual: params.to, hint })
  }
}

/** What a successful ADD gave is the last of each set. */
export function judgeLastGiven(node: Node, who: string, { ips }: AddResult, hint: string): void {
  for (const [index, { address: given }] of ips.entries()) {
    const address = canonical(given.split('/')[0]!)
    const last = node.disk.last.get(index)
    if (last === address) continue
    node.fail({
      message: say('last-not-written', { who, address, index }),
      expected: say('last-is', { last: address }),
      actual: say('last-is', { last: last ?? say('nothing') }),
      hint,
    })
  }
}

/** DEL, CHECK and GC do not change which address was reserved last. */
export function judgeLast(node: Node, who: string, was: Before, hint: string): void {
  for (const index of node.config.ipam.ranges.keys()) {
    if (was.last.get(index) === node.disk.last.get(index)) continue
    const [expected, actual] = [was.last, node.disk.last].map((last) => last.get(index) ?? say('nothing'))
    const message = say('last-changed', { who, index, from: expected!, to: actual! })
    node.fail({ message, expected: expected!, actual: actual!, hint })
  }
}

/** DEL, CHECK and GC that must succeed. */
export function judgeSuccess(node: Node, who: string, outcome: Outcome, hint: string): void {
  if (!('error' in outcome)) return
  const { msg } = outcome.error
  node.fail({
    message: say('failed', { who, msg }),
    expected: say('success'),
    actual: errorWords(outcome.error),
    hint,
  })
}
