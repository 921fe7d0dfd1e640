/**
 * The runtime's side of CNI: which plugin of a network's list to start next, and with what.
 *
 * Where to read upstream: containernetworking/cni `libcni/api.go`.
 */
import type { Attachment, CniCommand, CniResult, Invocation, NetConf, NetConfList } from '#cluster/cni/spec.ts'

export interface RuntimeConf {
  readonly containerId: string
  readonly netns: string
  readonly ifName: string
  /** `CNI_ARGS`: `IgnoreUnknown=1;K8S_POD_NAME=…` */
  readonly args?: string
}

const CNI_PATH = '/opt/cni/bin'

/** Index of each plugin in the order in which a verb calls them: DEL goes backwards. */
export function orderOf(command: CniCommand, list: NetConfList): readonly number[] {
  const order = list.plugins.map((_, index) => index)
  return command === 'DEL' ? order.reverse() : order
}

/**
 * How to start one plugin of the list. `prevResult` is the result of the plugin before it for ADD, and the cached result of
 * the whole ADD for CHECK and DEL.
 */
export function invocation(
  list: NetConfList,
  index: number,
  command: CniCommand,
  runtime: RuntimeConf,
  prevResult: CniResult | undefined,
  validAttachments?: readonly Attachment[],
): Invocation {
  const stdin: NetConf = {
    ...list.plugins[index]!,
    cniVersion: list.cniVersion,
    name: list.name,
    ...(prevResult && { prevResult }),
    ...(validAttachments && { 'cni.dev/valid-attachments': validAttachments }),
  }
  const { containerId, netns, ifName, args } = runtime
  return {
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: containerId,
      CNI_NETNS: netns,
      CNI_IFNAME: ifName,
      CNI_PATH,
      ...(args !== undefined && { CNI_ARGS: args }),
    },
    stdin,
  }
}

/** The network to use, of all files in the configuration directory: the first by name that is a list of plugins. */
export function chooseNetwork(files: readonly (readonly [path: string, data: unknown])[]): NetConfList | undefined {
  const lists = files.filter(([path]) => path.endsWith('.conflist'))
  lists.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return lists.map(([, data]) => data as NetConfList).find((list) => list.plugins.length > 0)
}
