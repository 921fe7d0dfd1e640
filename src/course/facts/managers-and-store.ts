/** Then and now: controller managers and the key-value store (H7, H8). */
import { docs, type Fact, gate, kep } from './fact.ts'

const checked = '2026-11-26'

export const managersAndStoreFacts: readonly Fact[] = [
  {
    id: 4,
    claims: [75],
    verdict: 'WRONG',
    lessons: ['key-value-store'],
    en: {
      said: 'any member was said to be able to act as leader.',
      holds:
        'as ever, a client may *ask* any member, which passes a write on to the one leader. Only a voting member with an up-to-date log can be elected; a learner never.',
    },
    sources: ['https://etcd.io/docs/v3.6/faq/', 'https://github.com/etcd-io/raft/blob/main/raft.go'],
    verifiedOn: checked,
  },
  {
    id: 12,
    claims: [57],
    verdict: 'OUTDATED',
    lessons: ['controller-managers'],
    en: {
      said: 'the cloud-controller-manager managed storage volumes too.',
      holds: 'CSI drivers do, and since v1.31 no cloud provider is built into Kubernetes any more.',
    },
    sources: [
      gate('DisableCloudProviders'),
      docs('concepts/architecture/cloud-controller'),
      'https://kubernetes.io/blog/2019/12/09/kubernetes-1-17-feature-csi-migration-beta/',
    ],
    verifiedOn: checked,
    k8sVersion: '1.31',
  },
  {
    id: 13,
    claims: [53],
    verdict: 'OUTDATED',
    lessons: ['controller-managers'],
    en: {
      said: 'this loop wrote Endpoints.',
      holds:
        'it writes EndpointSlices. Another loop still writes Endpoints, deprecated since v1.33, for whoever reads them.',
    },
    sources: ['https://kubernetes.io/blog/2025/04/24/endpoints-deprecation/', kep(4974)],
    verifiedOn: checked,
    k8sVersion: '1.37',
  },
  {
    id: 14,
    claims: [54, 55],
    verdict: 'OUTDATED',
    lessons: ['controller-managers'],
    en: {
      said: 'each account got an API token in a Secret, valid for ever.',
      holds:
        'a Pod gets a token of its own, bound to it and expiring, through the TokenRequest API. Since v1.24 such a Secret is made only if you ask for one.',
    },
    sources: [docs('concepts/security/service-accounts'), gate('LegacyServiceAccountTokenNoAutoGeneration')],
    verifiedOn: checked,
  },
  {
    id: 37,
    claims: [51],
    verdict: 'OK+',
    lessons: ['controller-managers'],
    en: {
      said: 'no times were given.',
      holds: 'the silence must last 50 seconds (40 before v1.32), and evicting is the work of a controller of its own.',
    },
    sources: ['https://github.com/kubernetes/kubernetes/pull/126287', gate('SeparateTaintEvictionController')],
    verifiedOn: checked,
    k8sVersion: '1.34',
  },
  {
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
      docs('reference/using-api/api-concepts'),
    ],
    verifiedOn: checked,
  },
  {
    id: 20,
    claims: [65],
    verdict: 'OUTDATED',
    lessons: ['key-value-store'],
    en: {
      said: '`etcdctl` both saved and restored snapshots.',
      holds:
        '`etcdctl` saves; restoring is the job of `etcdutl` alone since etcd 3.6. For Kubernetes use `--bump-revision` and `--mark-compacted`, or clients go on from revisions that no longer exist.',
    },
    sources: [
      'https://github.com/etcd-io/etcd/blob/main/CHANGELOG/CHANGELOG-3.6.md',
      'https://github.com/etcd-io/etcd/pull/16029',
    ],
    verifiedOn: checked,
  },
  {
    id: 21,
    claims: [60, 77],
    verdict: 'OK+',
    lessons: ['key-value-store'],
    en: {
      said: 'etcd is an open-source project of the CNCF.',
      holds:
        'it is, and since 2023 also a special interest group of Kubernetes, SIG etcd. Its newest minor version is 3.7, of 2026.',
    },
    sources: [
      'https://kubernetes.io/blog/2023/11/07/introducing-sig-etcd/',
      'https://github.com/etcd-io/etcd/releases',
    ],
    verifiedOn: checked,
  },
]
