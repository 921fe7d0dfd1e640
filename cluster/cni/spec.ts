/**
 * The words of the Container Network Interface, version 1.1.0: what goes into a plugin and what comes out.
 *
 * Where to read upstream: containernetworking/cni `SPEC.md`, `pkg/types`.
 */
import type { Body } from '#cluster/kernel/component.ts'

export const CNI_VERSION = '1.1.0'
export const SUPPORTED_VERSIONS = ['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const

export type CniCommand = 'ADD' | 'DEL' | 'CHECK' | 'GC' | 'STATUS' | 'VERSION'

export interface CniRoute {
  readonly dst: string
  /** Next hop; missing: the gateway of the address. */
  readonly gw?: string
}

export interface CniInterface {
  readonly name: string
  readonly mac?: string
  /** Path of the network namespace; missing: the machine's own. */
  readonly sandbox?: string
}

export interface CniIp {
  /** `10.244.1.7/24` */
  readonly address: string
  readonly gateway?: string
  /** Index into `interfaces`. */
  readonly interface?: number
}

export interface CniDns {
  readonly nameservers?: readonly string[]
  readonly domain?: string
  readonly search?: readonly string[]
  readonly options?: readonly string[]
}

export interface CniResult {
  readonly cniVersion: string
  readonly interfaces?: readonly CniInterface[]
  readonly ips?: readonly CniIp[]
  readonly routes?: readonly CniRoute[]
  readonly dns?: CniDns
}

/** A container's attachment to a network: the key of everything that is allocated for it. */
export interface Attachment {
  readonly containerID: string
  readonly ifname: string
}

export interface IpRange {
  readonly subnet: string
  readonly rangeStart?: string
  readonly rangeEnd?: string
  readonly gateway?: string
}

export interface IpamConf {
  readonly type: string
  readonly subnet?: string
  readonly rangeStart?: string
  readonly rangeEnd?: string
  readonly gateway?: string
  /** Sets of ranges: one address is taken from each set. */
  readonly ranges?: readonly (readonly IpRange[])[]
  readonly routes?: readonly CniRoute[]
  readonly dataDir?: string
}

/** What a plugin reads from its standard input. */
export interface NetConf {
  readonly cniVersion: string
  readonly name: string
  readonly type: string
  readonly ipam?: IpamConf
  readonly prevResult?: CniResult
  readonly 'cni.dev/valid-attachments'?: readonly Attachment[]
  readonly [option: string]: unknown
}

/** `/etc/cni/net.d/*.conflist`: the plugins of one network, in the order of ADD. */
export interface NetConfList {
  readonly cniVersion: string
  readonly name: string
  readonly plugins: readonly PluginConf[]
}

export interface PluginConf {
  readonly type: string
  readonly ipam?: IpamConf
  readonly [option: string]: unknown
}

export interface CniEnvironment {
  readonly CNI_COMMAND: CniCommand
  readonly CNI_CONTAINERID: string
  /** Path of the network namespace; may be empty for DEL. */
  readonly CNI_NETNS: string
  readonly CNI_IFNAME: string
  readonly CNI_PATH: string
  readonly CNI_ARGS?: string
}

/** How a plugin is started: the options of its process. */
export interface Invocation {
  readonly env: CniEnvironment
  readonly stdin: NetConf
}

/** What a plugin prints when it exits with 1. */
export interface CniError {
  readonly cniVersion: string
  readonly code: number
  readonly msg: string
  readonly details?: string
}

/** Reserved codes of the specification, and 999, which the Go library gives to everything else. */
export const CNI_ERROR = {
  incompatibleVersion: 1,
  unsupportedField: 2,
  unknownContainer: 3,
  invalidEnvironment: 4,
  io: 5,
  decoding: 6,
  invalidConfig: 7,
  tryAgainLater: 11,
  notAvailable: 50,
  limitedConnectivity: 51,
  internal: 999,
} as const

export const cniError = (code: number, msg: string): CniError => ({ cniVersion: CNI_VERSION, code, msg })

export const isCniError = (value: unknown): value is CniError =>
  typeof value === 'object' && value !== null && 'code' in value && 'msg' in value

/** What a plugin's process leaves behind: `stdout` of the real one. */
export interface PluginOutput extends Body {
  readonly type: 'stdout'
  readonly output: CniResult | CniError | object
}

/** What a plugin that has ended printed; one that was killed printed nothing. */
export function outputOf(event: { readonly code: number; readonly body?: Body }): CniResult | CniError | object {
  const printed = event.body as PluginOutput | undefined
  if (printed) return printed.output
  return cniError(CNI_ERROR.internal, `netplugin failed with no error message: exit status ${event.code}`)
}
