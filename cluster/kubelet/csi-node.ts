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
import { createRequest, getRequest, isOk, messageOf, reasonOf, send } from '#cluster/client/api-client.ts'
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

/** Once for each Node, as soon as it is known: one that comes after it bears its name, and is another. */
export function makeCsiNode(state: KubeletState, ctx: Context): Effect[] {
  const { csiNode, nodeName } = state.options
  const node = state.node.items.get(nodeName)
  if (!csiNode || !node || state.csiNodeOf === node.metadata.uid) return []
  state.csiNodeOf = node.metadata.uid!
  const tag: CsiNodeTag = { for: 'csiNode' }
  return [send(state.client, ctx, createRequest(csiNodeOf(node)), tag)]
}

/** It is made, or is there: then it is asked whose it is, for that of a Node that has gone goes too. */
export function csiNodeAnswered(state: KubeletState, ctx: Context, answer: Answer): Effect[] {
  if (isOk(answer)) {
    const owner = (answer.body as CSINode).metadata.ownerReferences?.find(({ kind }) => kind === 'Node')
    return !owner || owner.uid === state.csiNodeOf ? [] : again(state)
  }
  if (reasonOf(answer) === 'AlreadyExists') {
    const tag: CsiNodeTag = { for: 'csiNode' }
    return [send(state.client, ctx, getRequest('csinodes', undefined, state.options.nodeName), tag)]
  }
  ctx.note('csiNodeFailed', messageOf(answer))
  return again(state)
}

function again(state: KubeletState): Effect[] {
  state.csiNodeOf = ''
  return [{ type: 'wake', key: CSI_NODE_TIMER, after: RETRY_MICROS }]
}
