/** The calls about leases, members and upkeep: what each asks of a member, and what its answer is on the wire. */
import type { Outside } from '#cluster/etcd/backend.ts'
import type { Member } from '#cluster/etcd/cluster-messages.ts'
import type { EtcdResponse } from '#cluster/etcd/messages.ts'
import type { Body } from '#cluster/kernel/component.ts'
import { fileHash } from './snapshot.ts'
import type { Wire } from './wire.ts'

/** A call with one request and one response. */
export interface Unary {
  request(wire: Wire): Body
  response(answer: any): Wire
}

type Methods = Readonly<Record<string, Unary>>
type Answer<T extends EtcdResponse['type']> = Extract<EtcdResponse, { type: T }>

/** `etcd-2/etcd` is reached at `http://etcd-2:2380`. */
const peerUrl = (peer: string): string => `http://${peer.split('/')[0]}:2380`
const peerOf = (url: string): string => `${new URL(url).hostname}/etcd`

const headed = ({ header }: { header: { revision: number } }): Wire => ({ header: { revision: header.revision } })

const lease: Methods = {
  LeaseGrant: {
    request: ({ TTL, ID }) => ({ type: 'LeaseGrant', ttl: Number(TTL), id: ID }) as Body,
    response: (answer: Answer<'LeaseGrantResponse'>) => ({ ...headed(answer), ID: answer.id, TTL: answer.ttl }),
  },
  LeaseRevoke: {
    request: ({ ID }) => ({ type: 'LeaseRevoke', id: ID }) as Body,
    response: headed,
  },
  LeaseTimeToLive: {
    request: ({ ID, keys }) => ({ type: 'LeaseTimeToLive', id: ID, keys }) as Body,
    response: (answer: Answer<'LeaseTimeToLiveResponse'>) => ({
      ...headed(answer),
      ID: answer.id,
      TTL: answer.ttl,
      grantedTTL: answer.grantedTtl,
      keys: answer.keys.map((key) => Buffer.from(key, 'latin1')),
    }),
  },
  LeaseLeases: {
    request: () => ({ type: 'LeaseLeases' }),
    response: (answer: Answer<'LeaseLeasesResponse'>) => ({
      ...headed(answer),
      leases: answer.leases.map((id) => ({ ID: id })),
    }),
  },
}

/** Where clients reach a member, by its name, which it keeps wherever it goes; undefined: it has no port. */
export type AddressOf = (name: string) => string | undefined

/** What a snapshot or a hash has to know that the simulation does not. */
export const outside = (addressOf: AddressOf): Outside => ({
  urlsOf: ({ name, peer }) => ({ peerURLs: [peerUrl(peer)], clientURLs: clientUrls(addressOf(name)) }),
  clusterVersion: '3.4.0',
})

// An address without a scheme: nghttp2, beneath Node, refuses the authority that etcdctl 3.4 makes of one with.
const clientUrls = (address: string | undefined): string[] => (address === undefined ? [] : [address])

/** All calls but those about keys, and those that are streams. */
export function methodsFor(addressOf: AddressOf): { cluster: Methods; lease: Methods; maintenance: Methods } {
  const { urlsOf } = outside(addressOf)
  const memberOf = (member: Member): Wire => {
    const { id, isLearner } = member
    const urls = urlsOf(member)
    // A member tells its name and where its clients find it at once, when it has started.
    const name = urls.clientURLs.length > 0 ? member.name : ''
    return { ID: id, name, ...urls, isLearner }
  }
  const members = (answer: any): Wire => ({
    ...headed(answer),
    members: answer.members.map(memberOf),
    ...(answer.member && { member: memberOf(answer.member) }),
  })
  const cluster: Methods = {
    MemberList: { request: () => ({ type: 'MemberList' }), response: members },
    MemberAdd: {
      request: ({ peerURLs, isLearner }) => ({ type: 'MemberAdd', peer: peerOf(peerURLs[0]), isLearner }) as Body,
      response: members,
    },
    MemberRemove: { request: ({ ID }) => ({ type: 'MemberRemove', id: Number(ID) }) as Body, response: members },
    MemberUpdate: {
      request: ({ ID, peerURLs }) => ({ type: 'MemberUpdate', id: Number(ID), peer: peerOf(peerURLs[0]) }) as Body,
      response: members,
    },
    MemberPromote: { request: ({ ID }) => ({ type: 'MemberPromote', id: Number(ID) }) as Body, response: members },
  }
  const hash: Unary = {
    request: () => ({ type: 'Snapshot' }),
    response: (answer: Answer<'SnapshotResponse'>) => fileHash(answer, outside(addressOf)),
  }
  return { cluster, lease, maintenance: { ...maintenance, Hash: hash } }
}

const maintenance: Methods = {
  Status: {
    request: () => ({ type: 'Status' }),
    response: (answer: Answer<'StatusResponse'>) => ({
      ...headed(answer),
      version: '3.4.23',
      leader: answer.leader,
      raftIndex: answer.raftIndex,
      raftTerm: answer.raftTerm,
      raftAppliedIndex: answer.raftAppliedIndex,
      isLearner: answer.isLearner,
      dbSize: answer.dbSize,
      dbSizeInUse: answer.dbSizeInUse,
      errors: answer.errors,
    }),
  },
  Alarm: {
    request: ({ action, memberID, alarm }) => {
      const type = alarm === 'NONE' ? undefined : alarm
      return { type: 'Alarm', action, memberId: Number(memberID), alarm: type } as Body
    },
    response: (answer: Answer<'AlarmResponse'>) => ({
      ...headed(answer),
      alarms: answer.alarms.map(({ memberId, alarm }) => ({ memberID: memberId, alarm })),
    }),
  },
  Defragment: { request: () => ({ type: 'Defragment' }), response: headed },
  HashKV: {
    request: ({ revision }) => ({ type: 'HashKV', revision: Number(revision) }) as Body,
    response: (answer: Answer<'HashKVResponse'>) => ({
      ...headed(answer),
      hash: answer.hash,
      compact_revision: answer.compactRevision,
    }),
  },
  MoveLeader: {
    request: ({ targetID }) => ({ type: 'MoveLeader', targetId: Number(targetID) }) as Body,
    response: headed,
  },
}
