/** The chains that are there whatever Services there are, and the jumps that lead into them. */
import type { Rule } from '#cluster/linux/netfilter-rule.ts'
import type { Syscall } from '#cluster/linux/syscall.ts'
import { MASQUERADE_MARK } from './service-rules.ts'

const MASQUERADED = { value: MASQUERADE_MARK, mask: MASQUERADE_MARK }

/** Ends `KUBE-SERVICES`. */
export const NODE_PORTS_RULE: Rule = {
  comment: 'kubernetes service nodeports; NOTE: this must be the last rule in this chain',
  destinationIsLocal: true,
  target: { type: 'JUMP', chain: 'KUBE-NODEPORTS' },
}

export const NAT_CHAINS: Readonly<Record<string, readonly Rule[]>> = {
  'KUBE-NODEPORTS': [],
  'KUBE-MARK-MASQ': [{ target: { type: 'MARK', or: MASQUERADE_MARK } }],
  'KUBE-POSTROUTING': [
    { mark: { ...MASQUERADED, not: true }, target: { type: 'RETURN' } },
    // So that a packet which passes here twice is not masqueraded twice.
    { target: { type: 'MARK', xor: MASQUERADE_MARK } },
    { comment: 'kubernetes service traffic requiring SNAT', target: { type: 'MASQUERADE' } },
  ],
}

export const FILTER_CHAINS: Readonly<Record<string, readonly Rule[]>> = {
  'KUBE-EXTERNAL-SERVICES': [],
  'KUBE-FORWARD': [
    { connectionStates: ['INVALID'], target: { type: 'DROP' } },
    { comment: 'kubernetes forwarding rules', mark: MASQUERADED, target: { type: 'ACCEPT' } },
    {
      comment: 'kubernetes forwarding conntrack rule',
      connectionStates: ['RELATED', 'ESTABLISHED'],
      target: { type: 'ACCEPT' },
    },
  ],
}

const portals: Rule = { comment: 'kubernetes service portals', target: { type: 'JUMP', chain: 'KUBE-SERVICES' } }
const newPortals: Rule = { ...portals, connectionStates: ['NEW'] }
const external: Rule = {
  comment: 'kubernetes externally-visible service portals',
  connectionStates: ['NEW'],
  target: { type: 'JUMP', chain: 'KUBE-EXTERNAL-SERVICES' },
}
const forwarding: Rule = { comment: 'kubernetes forwarding rules', target: { type: 'JUMP', chain: 'KUBE-FORWARD' } }
const postrouting: Rule = {
  comment: 'kubernetes postrouting rules',
  target: { type: 'JUMP', chain: 'KUBE-POSTROUTING' },
}

/** Each is put in front of its chain unless it is there. */
export const JUMPS: readonly Syscall[] = [
  { call: 'iptablesEnsure', table: 'filter', chain: 'INPUT', rule: external },
  { call: 'iptablesEnsure', table: 'filter', chain: 'FORWARD', rule: external },
  { call: 'iptablesEnsure', table: 'filter', chain: 'FORWARD', rule: newPortals },
  { call: 'iptablesEnsure', table: 'filter', chain: 'OUTPUT', rule: newPortals },
  { call: 'iptablesEnsure', table: 'filter', chain: 'FORWARD', rule: forwarding },
  { call: 'iptablesEnsure', table: 'nat', chain: 'PREROUTING', rule: portals },
  { call: 'iptablesEnsure', table: 'nat', chain: 'OUTPUT', rule: portals },
  { call: 'iptablesEnsure', table: 'nat', chain: 'POSTROUTING', rule: postrouting },
]
