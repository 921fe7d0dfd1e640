/** The words that the lesson “The kubelet” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'eviction',
    'eviction',
    'desalojo',
    'Ending a Pod for a reason outside it: by the kubelet when its node runs out of memory or disk, by a NoExecute taint, or through the API when a node is drained.',
    'Terminar un Pod por una razón ajena a él: por el kubelet cuando el nodo se queda sin memoria o disco, por un taint NoExecute, o por la API cuando se drena un nodo.',
  ],
  [
    'kubelet',
    'kubelet',
    'kubelet',
    'The agent on each node: it watches for Pods bound to its node, has the container runtime start them, probes them and reports how they are.',
    'El agente de cada nodo: observa los Pods asignados a su nodo, hace que el entorno de ejecución los arranque, los sondea e informa de cómo están.',
  ],
  [
    'mirror-pod',
    'mirror Pod',
    'Pod espejo',
    'The object by which a kubelet shows a static Pod in the API. Deleting it stops nothing: the kubelet makes it anew.',
    'El objeto con el que un kubelet muestra un Pod estático en la API. Borrarlo no detiene nada: el kubelet lo vuelve a crear.',
  ],
  [
    'probe',
    'probe',
    'sonda',
    'A question that the kubelet asks a container again and again. Failing liveness or startup restarts the container; failing readiness only takes it out of its Services.',
    'Una pregunta que el kubelet hace al contenedor una y otra vez. Si fallan liveness o startup, lo reinicia; si falla readiness, solo lo saca de sus Services.',
  ],
  [
    'qos',
    'QoS class',
    'clase de QoS',
    'Guaranteed, Burstable or BestEffort, worked out from a Pod’s requests and limits. It matters on the node, when memory runs short; the scheduler does not look at it.',
    'Guaranteed, Burstable o BestEffort, según las peticiones y límites del Pod. Importa en el nodo, cuando falta memoria; el planificador no la mira.',
  ],
  [
    'static-pod',
    'static Pod',
    'Pod estático',
    'A Pod that a kubelet starts from a file on its own disk, without the API server. kubeadm runs the control plane this way; a mirror Pod shows it in the API.',
    'Un Pod que el kubelet arranca desde un archivo de su propio disco, sin el servidor de API. Así ejecuta kubeadm el plano de control; un Pod espejo lo muestra en la API.',
  ],
]
