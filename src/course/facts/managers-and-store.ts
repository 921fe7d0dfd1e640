/** Then and now: controller managers and the key-value store (H7, H8). */
import { docs, type Fact, kep } from './fact.ts'

const looked = { verifiedOn: '2026-11-26', k8sVersion: '1.37' } as const

export const managersAndStoreFacts: readonly Fact[] = [
  {
    ...looked,
    id: 4,
    claims: [75],
    verdict: 'WRONG',
    lessons: ['key-value-store'],
    en: {
      said: 'any member was said to be able to act as leader.',
      holds:
        'as ever, a client may *ask* any member, which passes a write on to the one leader. Only a voting member with an up-to-date log can be elected; a learner never.',
    },
    sources: ['https://etcd.io/docs/v3.6/faq/', 'https://etcd.io/docs/v3.6/learning/design-learner/'],
  },
  {
    ...looked,
    id: 12,
    claims: [57],
    verdict: 'OUTDATED',
    lessons: ['controller-managers'],
    en: {
      said: 'the cloud-controller-manager managed storage volumes too.',
      holds: 'CSI drivers do, and the last in-tree cloud providers were removed in v1.31.',
    },
    sources: [kep(2395), docs('concepts/architecture/cloud-controller')],
  },
  {
    ...looked,
    id: 13,
    claims: [53],
    verdict: 'OUTDATED',
    lessons: ['controller-managers'],
    en: {
      said: 'this loop wrote Endpoints.',
      holds: 'it writes EndpointSlices, and `v1.Endpoints` has been deprecated since v1.33.',
    },
    sources: [kep(4974), docs('concepts/services-networking/endpoint-slices')],
  },
  {
    ...looked,
    id: 14,
    claims: [54, 55],
    verdict: 'OUTDATED',
    lessons: ['controller-managers'],
    en: {
      said: 'each account got an API token in a Secret, valid for ever.',
      holds:
        'a Pod gets a token of its own, bound to it and expiring, through the TokenRequest API; no such Secret has been made since v1.24.',
    },
    sources: [kep(1205), kep(2799), docs('concepts/security/service-accounts')],
  },
  {
    ...looked,
    id: 37,
    claims: [51],
    verdict: 'OK+',
    lessons: ['controller-managers'],
    en: {
      said: 'no times were given.',
      holds: 'the silence must last 50 seconds (40 before v1.32), and evicting is the work of a controller of its own.',
    },
    sources: [docs('concepts/architecture/nodes'), kep(3902), 'https://github.com/kubernetes/kubernetes/pull/126287'],
  },
  {
    ...looked,
    id: 19,
    claims: [62, 63],
    verdict: 'IMPRECISE',
    lessons: ['key-value-store'],
    en: {
      said: 'data was said never to be replaced, and obsolete data to be shredded.',
      holds:
        'more exactly: every write makes a new revision, and old ones stay until compaction, which the API server asks for every five minutes. Reading before it fails (410 Gone). The file shrinks only by defragmenting, and nothing is wiped.',
    },
    sources: [
      'https://etcd.io/docs/v3.6/learning/data_model/',
      'https://etcd.io/docs/v3.6/op-guide/maintenance/',
      docs('reference/command-line-tools-reference/kube-apiserver'),
    ],
  },
  {
    ...looked,
    id: 20,
    claims: [65],
    verdict: 'OUTDATED',
    lessons: ['key-value-store'],
    en: {
      said: '`etcdctl` both saved and restored snapshots.',
      holds:
        '`etcdctl` saves; restoring is the job of `etcdutl` alone since etcd 3.6. For Kubernetes use `--bump-revision` and `--mark-compacted`, or clients go on from revisions that no longer exist.',
    },
    sources: ['https://etcd.io/docs/v3.6/op-guide/recovery/', 'https://etcd.io/blog/2025/announcing-etcd-3.6/'],
  },
  {
    ...looked,
    id: 21,
    claims: [60, 77],
    verdict: 'OK+',
    lessons: ['key-value-store'],
    en: {
      said: 'etcd is an open-source project of the CNCF.',
      holds:
        'it is, and since 2023 also a special interest group of Kubernetes, SIG etcd. Its newest release is 3.7 (July 2026).',
    },
    sources: ['https://etcd.io/blog/', 'https://github.com/kubernetes/community/tree/master/sig-etcd'],
  },
]
