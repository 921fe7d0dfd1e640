/**
 * What the chapter promises, in four objectives, and what proves each: questions and exercises of the course.
 *
 * The first lesson shows this list. A question is named as lesson/question, an exercise by its id; `objectives.test.ts` sees
 * to it that they exist and that each objective has at least three.
 */
import type { Locale } from './sections.ts'

export interface CourseObjective {
  id: string
  text: Record<Locale, string>
  questions: readonly string[]
  exercises: readonly string[]
}

export const objectives: readonly CourseObjective[] = [
  {
    id: 'architecture',
    text: {
      en: 'Describe the architecture of Kubernetes: which kinds of machine there are, and who talks to whom.',
      es: 'Describir la arquitectura de Kubernetes: qué clases de máquinas hay y quién habla con quién.',
    },
    questions: [
      'architecture/in-common',
      'architecture/turned-away',
      'architecture/real-call',
      'architecture/scenario-one-machine',
      'control-plane-overview/active',
      'control-plane-overview/holders',
      'control-plane-overview/scenario-two-of-three',
      'worker-overview/unit',
      'worker-overview/client-path',
    ],
    exercises: [],
  },
  {
    id: 'components',
    text: {
      en: 'Explain each component of the control plane and of the workers: what it reads, what it writes, what fails without it.',
      es: 'Explicar cada componente del plano de control y de los nodos de trabajo: qué lee, qué escribe y qué falla sin él.',
    },
    questions: [
      'control-plane-components/not-control-plane',
      'control-plane-components/first-start',
      'control-plane-components/scenario-typo',
      'scheduler/writes',
      'scheduler/scenario-silent',
      'controller-managers/queue',
      'controller-managers/scenario-power',
      'worker-components/three-programs',
      'container-runtime/who-starts',
      'kubelet/readiness',
      'kubelet/first-call',
      'kube-proxy/killed',
      'addons/metrics-history',
    ],
    exercises: [
      'request-pipeline',
      'aggregation-router',
      'fit-filter',
      'taint-score',
      'spread-affinity',
      'gang-bind',
      'replicaset',
    ],
  },
  {
    id: 'state',
    text: {
      en: 'Explain how the state of the cluster is kept in etcd, and how many writers get along.',
      es: 'Explicar cómo se guarda el estado del clúster en etcd y cómo se entienden muchos que escriben.',
    },
    questions: [
      'control-plane-overview/not-stored',
      'control-plane-overview/scenario-two-of-three',
      'api-server/store',
      'api-server/conflict',
      'key-value-store/delete-appends',
      'key-value-store/committed',
      'key-value-store/scenario-four',
      'key-value-store/scenario-restore',
    ],
    exercises: [
      'quorum-math',
      'lease-leader',
      'cas-update',
      'reflector',
      'mvcc-store',
      'watch-compact',
      'raft-election',
      'raft-log',
      'replicaset',
    ],
  },
  {
    id: 'network',
    text: {
      en: 'State what Kubernetes demands of the network, and how a Pod comes by its address.',
      es: 'Decir qué exige Kubernetes de la red y cómo recibe un Pod su dirección.',
    },
    questions: [
      'index/network-demand',
      'networking-challenges/needs-no-network',
      'networking-challenges/not-ready',
      'container-to-container/one-address',
      'pod-to-pod/rule',
      'pod-to-pod/who',
      'pod-to-pod/scenario-policy',
      'pod-to-external/cluster-ip-outside',
    ],
    exercises: ['ipam-host-local'],
  },
]
