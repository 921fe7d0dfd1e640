/** The words that the lesson “Addons” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'addon',
    'addon',
    'complemento (addon)',
    'A program that adds a feature to a cluster and usually runs in it, in Pods. kubeadm installs two, CoreDNS and kube-proxy; the others are the operator’s choice.',
    'Un programa que añade una función al clúster y normalmente se ejecuta en él, en Pods. kubeadm instala dos, CoreDNS y kube-proxy; los demás los elige quien lo opera.',
  ],
  [
    'cluster-dns',
    'cluster DNS',
    'DNS del clúster',
    'The DNS server that answers for names of Services and Pods, by default CoreDNS behind the Service kube-dns. It learns what there is by watching the API server.',
    'El servidor DNS que responde por los nombres de Services y Pods, por defecto CoreDNS detrás del Service kube-dns. Sabe lo que hay observando el servidor de API.',
  ],
  [
    'daemonset',
    'DaemonSet',
    'DaemonSet',
    'An object that wants one Pod on every node, or on every node that a selector picks. Agents for logs, networks and storage run this way.',
    'Un objeto que quiere un Pod en cada nodo, o en cada nodo que elige un selector. Así se ejecutan los agentes de registros, de red y de almacenamiento.',
  ],
  [
    'headless-service',
    'headless Service',
    'Service sin cabeza (headless)',
    'A Service with clusterIP: None. It has no address and no rules in the kernel; DNS answers with the addresses of its ready Pods, and the client chooses.',
    'Un Service con clusterIP: None. No tiene dirección ni reglas en el núcleo; el DNS responde con las direcciones de sus Pods listos y elige el cliente.',
  ],
  [
    'metrics-server',
    'metrics-server',
    'metrics-server',
    'An addon that asks every kubelet for the CPU and memory in use and serves the latest values as the API group metrics.k8s.io. It keeps no history.',
    'Un complemento que pregunta a cada kubelet por la CPU y la memoria en uso y ofrece los últimos valores como el grupo de API metrics.k8s.io. No guarda historial.',
  ],
  [
    'search-domain',
    'search domain',
    'dominio de búsqueda',
    'An ending that a resolver adds to a short name before it asks. In a Pod of namespace shop the first is shop.svc.cluster.local, so web means the Service of that namespace.',
    'Una terminación que el resolutor añade a un nombre corto antes de preguntar. En un Pod del espacio de nombres shop la primera es shop.svc.cluster.local, así que web es el Service de ese espacio.',
  ],
]
