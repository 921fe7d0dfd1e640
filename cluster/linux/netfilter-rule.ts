/** Rules of netfilter as data, and as the text that `iptables-save` prints. */
import type { Cidr } from './ip.ts'
import { parseCidr, parseIp } from './ip.ts'
import type { Protocol } from './packet.ts'

export type TableName = 'nat' | 'filter'

/** What conntrack thinks of a packet. */
export type ConnectionState = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID'

/** Every field that is there must match. Addresses are CIDRs as text; a leading `!` turns a match round. */
export interface Rule {
  readonly protocol?: Protocol
  readonly source?: string
  readonly destination?: string
  readonly inInterface?: string
  readonly outInterface?: string
  readonly destinationPort?: number
  /** `value/mask`; `not` turns it round. */
  readonly mark?: { readonly value: number; readonly mask: number; readonly not?: boolean }
  readonly connectionStates?: readonly ConnectionState[]
  /** `-m statistic --mode random --probability`: in (0, 1]. */
  readonly probability?: number
  /** `-m addrtype --dst-type LOCAL`: an address of this network namespace. */
  readonly destinationIsLocal?: boolean
  /** `-m addrtype --src-type LOCAL`: the same of where it comes from. */
  readonly sourceIsLocal?: boolean
  /** `-m recent`: a list of who has sent something, and when. It is one network namespace's. */
  readonly recent?: RecentMatch
  readonly comment?: string
  readonly target: Target
}

/** Lists are called as the chain whose rule fills them; they go with it. */
export interface RecentMatch {
  readonly name: string
  /** `set` writes the sender into the list, and matches always; `rcheck` asks whether it was seen so lately. */
  readonly mode: 'set' | 'rcheck'
  /** Of `rcheck` alone. */
  readonly seconds?: number
}

export type Target =
  | { readonly type: 'ACCEPT' | 'DROP' | 'RETURN' | 'MASQUERADE' }
  /** ICMP port unreachable to the sender. */
  | { readonly type: 'REJECT' }
  | { readonly type: 'JUMP'; readonly chain: string }
  | { readonly type: 'DNAT'; readonly to: string; readonly port: number }
  /** `or`: sets bits; `xor`: flips them. */
  | { readonly type: 'MARK'; readonly or?: number; readonly xor?: number }

/** Chains that the hooks of the packet path call; the others are called by jumps. */
export const BUILT_IN: Readonly<Record<TableName, readonly string[]>> = {
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
}

const hex = (value: number): string => `0x${value.toString(16)}`

/** A probability as iptables prints it: ten digits. */
export const formatProbability = (probability: number): string => probability.toFixed(10)

function flag(name: string, value: string | undefined): string[] {
  if (value === undefined) return []
  return value.startsWith('!') ? ['!', name, value.slice(1)] : [name, value]
}

/** `-A <chain> …`, in the order in which `iptables-save` writes matches. */
export function formatRule(chain: string, rule: Rule): string {
  const words = ['-A', chain, ...flag('-s', rule.source), ...flag('-d', rule.destination)]
  words.push(...flag('-i', rule.inInterface), ...flag('-o', rule.outInterface))
  if (rule.protocol) words.push('-p', rule.protocol)
  if (rule.comment !== undefined) words.push('-m comment --comment', `"${rule.comment}"`)
  if (rule.destinationPort !== undefined)
    words.push('-m', rule.protocol ?? 'tcp', '--dport', String(rule.destinationPort))
  if (rule.connectionStates) words.push('-m conntrack --ctstate', rule.connectionStates.join(','))
  if (rule.mark) {
    words.push('-m mark', ...(rule.mark.not ? ['!'] : []), '--mark', `${hex(rule.mark.value)}/${hex(rule.mark.mask)}`)
  }
  if (rule.sourceIsLocal) words.push('-m addrtype --src-type LOCAL')
  if (rule.destinationIsLocal) words.push('-m addrtype --dst-type LOCAL')
  if (rule.recent) {
    const { name, mode, seconds } = rule.recent
    const how = mode === 'set' ? '--set' : `--rcheck --seconds ${seconds} --reap`
    words.push(`-m recent ${how} --name ${name} --mask 255.255.255.255 --rsource`)
  }
  if (rule.probability !== undefined) {
    words.push('-m statistic --mode random --probability', formatProbability(rule.probability))
  }
  if (rule.target.type === 'DNAT' && rule.protocol && rule.destinationPort === undefined)
    words.push('-m', rule.protocol)
  return [...words, formatTarget(rule.target)].join(' ')
}

function formatTarget(target: Target): string {
  switch (target.type) {
    case 'JUMP':
      return `-j ${target.chain}`
    case 'DNAT':
      return `-j DNAT --to-destination ${target.to}:${target.port}`
    case 'MARK':
      return target.or !== undefined
        ? `-j MARK --or-mark ${hex(target.or)}`
        : `-j MARK --xor-mark ${hex(target.xor ?? 0)}`
    case 'REJECT':
      return '-j REJECT --reject-with icmp-port-unreachable'
    default:
      return `-j ${target.type}`
  }
}

// ── for the walk ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface AddressMatch extends Cidr {
  readonly not: boolean
}

export interface CompiledRule {
  readonly rule: Rule
  readonly source: AddressMatch | undefined
  readonly destination: AddressMatch | undefined
  /** Of a DNAT target. */
  readonly to: number
}

export interface Chain {
  readonly name: string
  readonly rules: readonly CompiledRule[]
}

const compiled = new WeakMap<Rule, CompiledRule>()

function addressMatch(text: string | undefined): AddressMatch | undefined {
  if (text === undefined) return undefined
  const not = text.startsWith('!')
  return { ...parseCidr(not ? text.slice(1) : text), not }
}

/** The rule with its addresses as numbers; rules are frozen data, so each is compiled once for all machines. */
export function compile(rule: Rule): CompiledRule {
  let result = compiled.get(rule)
  if (!result) {
    const to = rule.target.type === 'DNAT' ? parseIp(rule.target.to) : 0
    result = { rule, source: addressMatch(rule.source), destination: addressMatch(rule.destination), to }
    compiled.set(rule, result)
  }
  return result
}
