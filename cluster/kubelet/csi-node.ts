/**
 * The CSINode: by what drivers volumes can be attached to this node, and how many of each.
 *
 * What the real one does: makes it as soon as it knows its Node, whose it is, so that it goes with it; notes the in-tree plugins whose
 * volumes a CSI driver serves by now; enters each driver that registers on the node's plugin socket.
 * What we leave out: drivers. None registers here, so that none is in it until somebody writes one there.
 * Where to read upstream: kubernetes/kubernetes `pkg/volume/csi/nodeinfomanager/nodeinfomanager.go`, `pkg/volume/csi/csi_plugin.go`.
 */
import type { CSINode } from '#cluster/api/storage-types.ts'
import type { Node } from '#cluster/api/types.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { createRequest, isOk, messageOf, reasonOf, send } from '#cluster/client/api-client.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { KubeletState } from './state.ts'

export interface CsiNodeTag {
  readonly for: 'csiNode'
}

export const CSI_NODE_TIMER = 'csi-node'
const RETRY_MICROS = 1_000_000

const PLUGINS = ['aws-ebs', 'azure-disk', 'azure-file', 'cinder', 'gce-pd', 'portworx-volume', 'vsphere-volume']
const MIGRATED = PLUGINS.map((plugin) => `kubernetes.io/${plugin}`).join(',')

const csiNodeOf = ({ metadata: { name, uid } }: Node): CSINode => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSINode',
  metadata: {
    name,
    annotations: { 'storage.alpha.kubernetes.io/migrated-plugins': MIGRATED },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: uid! }],
  },
  spec: { drivers: [] },
})

/** Once, as soon as the Node is known. */
export function makeCsiNode(state: KubeletState, ctx: Context): Effect[] {
  const { csiNode, nodeName } = state.options
  const node = state.node.items.get(nodeName)
  if (!csiNode || state.csiNodeAsked || !node) return []
  state.csiNodeAsked = true
  const tag: CsiNodeTag = { for: 'csiNode' }
  return [send(state.client, ctx, createRequest(csiNodeOf(node)), tag)]
}

export function csiNodeAnswered(state: KubeletState, ctx: Context, answer: Answer): Effect[] {
  if (isOk(answer) || reasonOf(answer) === 'AlreadyExists') return []
  ctx.note('csiNodeFailed', messageOf(answer))
  state.csiNodeAsked = false
  return [{ type: 'wake', key: CSI_NODE_TIMER, after: RETRY_MICROS }]
}
