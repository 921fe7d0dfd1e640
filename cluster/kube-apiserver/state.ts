/** The API server's state: plain data and Tables. Nothing of it is on a disk; all of it comes back from etcd. */
import type { Translation } from './conversion/pending.ts'
import type { HttpRequest, UserInfo } from '#cluster/api/http.ts'
import type { KubernetesObject, RoleBinding, Status, Subject } from '#cluster/api/types.ts'
import type { EtcdRequest, LeaseId } from '#cluster/etcd/messages.ts'
import type { Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import type { Groups } from '#cluster/kernel/groups.ts'
import type { Table } from '#cluster/kernel/table.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { Schemas } from '#cluster/api/schema/schema.ts'
import type { ResourceQuota } from '#cluster/api/resource-quota.ts'
import type { HookAnswer, HookCall } from './admission/webhooks/types.ts'
import type { Tallies } from './metrics/tallies.ts'
import type { RequestInfo } from './chain/route.ts'
import type { Selection } from './handlers/selectors.ts'
import type { RsaPrivateKey, RsaPublicKey } from './tokens/rsa.ts'
import type { View } from './handlers/views.ts'
import type { WatchCache } from './watch/watch-cache.ts'

export type AuthorizationMode = 'AlwaysAllow' | 'AlwaysDeny' | 'RBAC' | 'Node,RBAC'

export interface ApiserverOptions {
  /** Members of etcd, asked in turn when one does not answer. */
  readonly etcd: readonly ProcessId[]
  /** Where Service addresses come from. */
  readonly serviceCIDR?: string
  /** This server's own address: the endpoint behind the Service `kubernetes`. */
  readonly advertiseAddress?: string
  readonly securePort?: number
  /** Who keeps the endpoints of the Service `kubernetes`: `lease` where there are several servers. Default: `none`. */
  readonly endpointReconcilerType?: 'lease' | 'none'
  /** Seats for reading requests, and for those that change something. */
  readonly maxRequestsInflight?: number
  readonly maxMutatingRequestsInflight?: number
  readonly authorizationMode?: AuthorizationMode
  /** Versions beyond today's: group/version as in `--runtime-config`, of those in `former-resources.ts`. Default: none. */
  readonly runtimeConfig?: readonly string[]
  /** By name, in any order. Default: the few that a small cluster needs; kube-apiserver's own are `DEFAULT_ADMISSION_PLUGINS`. */
  readonly admissionPlugins?: readonly string[]
  /** Bearer tokens and whose they are: `--token-auth-file`. */
  readonly tokens?: Readonly<Record<string, UserInfo>>
  /** Who signs the tokens of service accounts, and whom they are for; empty: there are none. */
  readonly serviceAccountIssuer?: string
  /** What it signs them with, the same on all servers of a cluster: `--service-account-signing-key-file`. */
  readonly serviceAccountSigningKey?: RsaPrivateKey | null
  /** Without that key: a secret that only the servers have. */
  readonly serviceAccountKey?: string
  /** By which it knows tokens that somebody else has signed, in Secrets: `--service-account-key-file`. */
  readonly serviceAccountKeys?: readonly RsaPublicKey[]
  /** Whether tokens for bootstrapping count: Secrets of kube-system. */
  readonly enableBootstrapTokenAuth?: boolean
  /** Whether requests wait by priority levels and flows, in place of two lanes. */
  readonly priorityAndFairness?: boolean
  /** Whether there is an APIService for each group and version that the server answers itself. */
  readonly apiServiceRegistration?: boolean
  /** Whether ServiceCIDRs say where addresses of Services come from; else `serviceCIDR` alone does. */
  readonly multiCIDRServiceAllocator?: boolean
  /** Whether requests are counted, and `/metrics` says how many there were. */
  readonly metrics?: boolean
  /** Which requests are written down, and how much of each; without rules, none. */
  readonly auditPolicy?: AuditPolicy
  /** A watch cache keeps at least so many events, however old; upstream: 100. */
  readonly watchCacheEvents?: number
  /** How long an Event is kept. */
  readonly eventTTLMicros?: Micros
}

export type AuditLevel = 'None' | 'Metadata' | 'Request' | 'RequestResponse'

export interface AuditRule {
  readonly level: AuditLevel
  readonly users?: readonly string[]
  readonly userGroups?: readonly string[]
  readonly verbs?: readonly string[]
  readonly namespaces?: readonly string[]
  readonly resources?: readonly {
    readonly group?: string
    readonly resources?: readonly string[]
    readonly resourceNames?: readonly string[]
  }[]
  readonly nonResourceURLs?: readonly string[]
}

/** The first rule that matches counts. */
export interface AuditPolicy {
  readonly rules: readonly AuditRule[]
}

/** `audit.k8s.io/v1` Event. */
export interface AuditEvent {
  readonly kind: 'Event'
  readonly apiVersion: 'audit.k8s.io/v1'
  readonly level: AuditLevel
  readonly auditID: string
  readonly stage: 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete'
  readonly requestURI: string
  readonly verb: string
  readonly user: object
  readonly impersonatedUser?: object
  readonly userAgent: string
  readonly objectRef?: object
  readonly responseStatus?: object
  readonly requestObject?: unknown
  readonly responseObject?: unknown
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** A queue before the seats of a priority level. */
export interface Queue {
  /** Seats that were given to it so far, or would have been. */
  readonly served: number
  readonly waiting: readonly { readonly id: number; readonly width: number }[]
}

/** A priority level: its seats, and who waits for one. */
export interface Level {
  readonly inUse: number
  readonly waiting: number
  /** How far the queue whose turn it was last had been served. */
  readonly served: number
  readonly queues: Readonly<Record<string, Queue>>
}

export interface FlowState {
  levels: Table<string, Level>
  /** Who waits in any of them. */
  waiting: number
}

export interface Grant {
  readonly binding: RoleBinding
  readonly subject: Subject
}

/** The bindings that mean somebody, with the subject that does, as the caches had them at these revisions. */
export interface Grants {
  readonly groups: readonly string[]
  readonly revisions: readonly [clusterRoleBindings: number, roleBindings: number]
  readonly everywhere: readonly Grant[]
  readonly byNamespace: Readonly<Record<string, readonly Grant[]>>
}

/** Where a request was sorted to. */
export interface Seated {
  /** Empty: it is exempt. */
  readonly level: string
  readonly width: number
  readonly schemaUid: string
  readonly levelUid: string
}

/** Where a request stands. It waits in exactly one place. */
export type Stage =
  /** For a seat, for the server to be ready, and for the cache of a kind that nobody had asked for before. */
  | 'queued'
  /** For a seat of its priority level. */
  | 'flow'
  /** For etcd to say whether the namespace exists, since the cache does not know it. */
  | 'namespace'
  /** For what it is in want of, and may come yet. */
  | 'admission'
  /** For etcd to write what it costs the quotas. */
  | 'quota'
  /** For webhooks to answer. */
  | 'webhook'
  /** For the lease that its Event will hang on. */
  | 'lease'
  /** For the object as etcd has it. */
  | 'origin'
  /** For the part that has been lent to this server, which asks etcd by itself. */
  | 'lent'
  /** For etcd to commit the write. */
  | 'commit'
  /** For etcd's answer to a read. */
  | 'read'
  /** For etcd's newest revision. */
  | 'revision'
  /** For the cache to reach `awaited`. */
  | 'fresh'
  /** For the deletions that it has started. */
  | 'children'

/** A quota as etcd has it, which a charge starts from. */
export interface QuotaOrigin {
  readonly quota: ResourceQuota
  readonly modRevision: number
}

/** The object that a change starts from. */
export interface Origin {
  readonly object: KubernetesObject
  readonly modRevision: number
  /** As the watch cache has it, if it comes from there: maybe stale, so a refusal is checked against etcd first. */
  readonly cached: KubernetesObject | undefined
  /** Its key in etcd, if it comes from there: the text that etcd has already, so that no version keeps one of its own. */
  readonly key?: string
}

export interface PendingRequest {
  readonly id: number
  /** Whom to answer; undefined for the server's own. */
  readonly stream: StreamId | undefined
  /** The deletecollection that this deletion is a part of. */
  readonly parent: number | undefined
  readonly info: RequestInfo
  readonly request: HttpRequest
  readonly user: UserInfo
  /** The shape of its answer; undefined: objects as they are. */
  readonly view?: View | undefined
  readonly stage: Stage
  /** Where it was sorted to, if requests are. */
  readonly flow?: Seated
  readonly arrived: Micros
  readonly deadline: Micros
  /** How often it has begun anew after a conflict. */
  readonly attempts: number
  readonly origin?: Origin | undefined
  /** What the running transaction writes; undefined: it deletes. */
  readonly wanted?: KubernetesObject | undefined
  readonly namespaceChecked?: boolean
  /** What its answer warns of: of the body, and by admission plugins. */
  readonly warnings?: readonly string[]
  readonly advice?: readonly string[]
  /** Remarks of admission plugins for the audit event. */
  readonly annotations?: Readonly<Record<string, string>>
  /** The quotas as etcd has them, when they were not as the cache had them. */
  readonly quotas?: readonly QuotaOrigin[]
  /** The quotas have been charged. */
  readonly charged?: boolean
  /** How often it has waited for what it is in want of. */
  readonly waits?: number
  /** The version of a Pod that is being evicted, with the condition that says so. */
  readonly evicting?: number
  /** Keys of etcd, of addresses and node ports, that others turned out to hold. */
  readonly taken?: readonly string[]
  readonly awaited?: number
  /** What webhooks have said, and those that have not yet. The draft: what is to be created, as it was when the first was asked. */
  readonly hooks?: {
    readonly draft: KubernetesObject | undefined
    readonly answers: readonly HookAnswer[]
    readonly waiting: readonly HookCall[]
  }
  /** Deletions under way, and the answer once they are done. */
  readonly children?: number
  readonly listed?: unknown
  /** The first of them that was refused. */
  readonly failed?: Status
}

/** A call to etcd and what it is for. */
export interface Call {
  readonly purpose:
    | { readonly type: 'request'; readonly id: number }
    /** Of a part that is lent: for which request, and which of its calls. */
    | { readonly type: 'lent'; readonly id: number; readonly call: number }
    | { readonly type: 'list'; readonly resource: string }
    | { readonly type: 'bootstrap' }
    | { readonly type: 'lease' }
    | { readonly type: 'endpoints'; readonly step: 'grant' | 'look' | 'write' }
    | { readonly type: 'compact'; readonly step: 'claim' | 'compact' }
    | { readonly type: 'probe' }
  readonly body: EtcdRequest
  readonly attempts: number
  /** The member that it was sent to. */
  readonly to: ProcessId
}

/** A question about the parts of the control plane: everything of the answer beside how they are. */
export interface ComponentsAsked {
  readonly stream: StreamId
  readonly info: RequestInfo
  readonly request: HttpRequest
  readonly warnings: readonly string[]
}

/** What the server has asked of somebody else. */
export interface Outgoing {
  readonly purpose:
    | { readonly type: 'webhook'; readonly request: number; readonly uid: string; readonly url: string }
    | { readonly type: 'discovery'; readonly apiService: string; readonly url: string }
    | {
        readonly type: 'conversion'
        readonly stream: StreamId
        readonly step: 'body' | 'origin' | 'out'
        readonly url: string
      }
    /** Whom to answer. */
    | { readonly type: 'proxy'; readonly stream: StreamId }
    | { readonly type: 'through'; readonly stream: StreamId }
    /** How a part of the control plane is, for whoever asked; and how those asked before it are. */
    | { readonly type: 'component'; readonly asked: ComponentsAsked; readonly found: readonly object[] }
  /** Address and port, for messages. */
  readonly at: string
  /** By a stream of its own, and not through the machine's kernel. */
  readonly isStream: boolean
}

/** A client that watches. */
export interface Watcher {
  readonly stream: StreamId
  readonly resource: Resource
  readonly selection: Selection
  /** Events up to this revision are not for it. */
  readonly after: number
  readonly allowBookmarks: boolean
  /** The shape of its events; undefined: objects as they are. */
  readonly view: View | undefined
  /** It has been told something. */
  readonly begun: boolean
  /** When its timer goes off it ends; before that, it has a last bookmark to send. */
  readonly isEnding: boolean
}

/** Watchers of a resource by the narrowest that holds all they want, and by which of its kind. */
export type Buckets = Readonly<Record<'all' | 'namespace' | 'key' | 'node', Groups<readonly StreamId[]>>>

export interface State {
  readonly options: Required<ApiserverOptions>
  /** The types of the API, where the server has them. */
  readonly schemas: Schemas | undefined
  /** The resources that are cached, in the order in which that began. */
  cached: readonly Resource[]
  /** Index of the etcd member whose turn it is. */
  member: number
  /** Members that failed and have not answered since. */
  membersDown: Table<ProcessId, true>
  calls: Table<StreamId, Call>
  /** What is asked of webhooks and other servers, by stream or system call. */
  outgoing: Table<number, Outgoing>
  /** What servers behind APIServices have last said that they have, by APIService. */
  discovered: Table<string, readonly Resource[]>
  /** Evictions let through that a budget's status does not know of yet: of which Pods, since which version of it, by its key. */
  evicted: Table<string, { readonly version: string; readonly pods: readonly string[]; readonly at: Micros }>
  /** Calls that wait to be sent again, etcd having been out of reach. */
  parked: Table<StreamId, Call>
  /** All requests but watches, in order of arrival. */
  requests: Table<number, PendingRequest>
  /** Those of them that wait for a seat, in order: one queue for reading, one for changing. */
  queues: Readonly<Record<'reading' | 'mutating', Table<number, true>>>
  /** Those that wait for their cache to catch up. */
  awaitingCache: Table<number, true>
  /** Whom bindings mean, by the names of users. */
  grants: Table<string, Grants>
  /** Seats and queues by priority level. */
  flow: FlowState
  /** Requests of which an audit event is still to come, and where the log stands. */
  audit: { open: Table<StreamId, AuditEvent>; file: number; count: number; dirty: boolean }
  /** What has been counted; undefined: nothing is. */
  readonly metrics: Tallies | undefined
  /** Seats taken. */
  reading: number
  mutating: number
  deadlineSet: boolean
  /** `listing` → `bootstrapping` → `ready`. */
  phase: 'listing' | 'bootstrapping' | 'ready'
  /** Lists, or bootstrap writes, that are still out. */
  outstanding: number
  /** By plural. A kind that nobody has asked for yet has none. */
  caches: Readonly<Record<string, WatchCache>>
  /** The stream that carries all watches of etcd; 0: none. */
  watchStream: StreamId
  /** The member that it leads to. */
  watchMember: ProcessId
  /** Streams whose objects are converted by a webhook before they leave. */
  translations: Table<StreamId, Translation>
  watchers: Table<StreamId, Watcher>
  /** Clients whose requests lead on to a kubelet → the stream there; and back. */
  connections: Table<StreamId, StreamId>
  backends: Table<StreamId, { readonly stream: StreamId; readonly service: string; readonly node: string }>
  /** Watchers by what they can be interested in (see `watchers.ts`). */
  buckets: Buckets
  /** Watchers by the second of the minute at which they get their bookmark. */
  bookmarks: Table<number, readonly StreamId[]>
  bookmarkSet: boolean
  /** A round of the endpoints' reconciler waits for etcd. */
  reconciling: boolean
  eventLease: { id: LeaseId; granted: Micros; count: number; pending: boolean }
  compaction: { version: number; revision: number }
}
