/** The texts of the stories, as the worker carries them. */
import addToFirstPacket from '#cluster/scenarios/add-to-first-packet.txt?raw'
import externalEtcd from '#cluster/scenarios/external-etcd.txt?raw'
import stackedEtcd from '#cluster/scenarios/stacked-etcd.txt?raw'
import disasterDay from '#cluster/scenarios/disaster-day.txt?raw'
import museumIndex from '#cluster/scenarios/museum-index.txt?raw'
import museumReads from '#cluster/scenarios/museum-reads.txt?raw'
import museumLease from '#cluster/scenarios/museum-lease.txt?raw'
import museumWatch from '#cluster/scenarios/museum-watch.txt?raw'
import museumDurability from '#cluster/scenarios/museum-durability.txt?raw'
import aggregation from '#cluster/scenarios/aggregation.txt?raw'
import deploymentJourney from '#cluster/scenarios/deployment-journey.txt?raw'
import fillANode from '#cluster/scenarios/fill-a-node.txt?raw'
import lightsOut from '#cluster/scenarios/lights-out.txt?raw'
import nodeGoesDark from '#cluster/scenarios/node-goes-dark.txt?raw'
import podAsAUnit from '#cluster/scenarios/pod-as-a-unit.txt?raw'
import raftArena from '#cluster/scenarios/raft-arena.txt?raw'
import raftFour from '#cluster/scenarios/raft-four.txt?raw'
import revisionTape from '#cluster/scenarios/revision-tape.txt?raw'
import roleBoard from '#cluster/scenarios/role-board.txt?raw'
import schedulerFunnel from '#cluster/scenarios/scheduler-funnel.txt?raw'
import requestPipeline from '#cluster/scenarios/request-pipeline.txt?raw'
import taintsAndZones from '#cluster/scenarios/taints-and-zones.txt?raw'
import twoSchedulers from '#cluster/scenarios/two-schedulers.txt?raw'
import watchAnd410 from '#cluster/scenarios/watch-and-410.txt?raw'
import whoIsActive from '#cluster/scenarios/who-is-active.txt?raw'
import type { StoryName } from './protocol.ts'

const TEXTS: Readonly<Record<StoryName, string>> = {
  'who-is-active': whoIsActive,
  'request-pipeline': requestPipeline,
  'deployment-journey': deploymentJourney,
  'scheduler-funnel': schedulerFunnel,
  'node-goes-dark': nodeGoesDark,
  'add-to-first-packet': addToFirstPacket,
  'lights-out': lightsOut,
  'pod-as-a-unit': podAsAUnit,
  'raft-arena': raftArena,
  'raft-four': raftFour,
  'revision-tape': revisionTape,
  'stacked-etcd': stackedEtcd,
  'external-etcd': externalEtcd,
  'disaster-day': disasterDay,
  'museum-index': museumIndex,
  'museum-reads': museumReads,
  'museum-lease': museumLease,
  'museum-watch': museumWatch,
  'museum-durability': museumDurability,
  'role-board': roleBoard,
  'two-schedulers': twoSchedulers,
  'watch-and-410': watchAnd410,
  'taints-and-zones': taintsAndZones,
  aggregation,
  'fill-a-node': fillANode,
}

export const storyText = (name: StoryName): string => TEXTS[name]
