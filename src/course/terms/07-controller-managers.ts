/** The words that the lesson “Controller managers” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'controller',
    'controller',
    'controlador',
    'A loop that compares what is wanted with what is there, and acts until they agree. It looks at the present state, not at the events that led to it.',
    'Un bucle que compara lo que se quiere con lo que hay y actúa hasta que coinciden. Mira el estado presente, no los eventos que llevaron a él.',
  ],
  [
    'deployment',
    'Deployment',
    'Deployment',
    'An object that wants a number of equal Pods and a way to renew them. Its controller makes ReplicaSets; it never makes a Pod itself.',
    'Un objeto que quiere cierto número de Pods iguales y una manera de renovarlos. Su controlador crea ReplicaSets; nunca crea un Pod él mismo.',
  ],
  [
    'finalizer',
    'finalizer',
    'finalizer',
    'A name in an object’s metadata that holds up its removal until somebody has cleaned up and takes the name away.',
    'Un nombre en los metadatos de un objeto que retiene su borrado hasta que alguien ha limpiado y quita el nombre.',
  ],
  [
    'informer',
    'informer',
    'informer',
    'A client’s cache of one kind of object: it lists once, then watches, and tells its handlers what changed. It may lag behind, and a controller must be right all the same.',
    'La caché de un cliente para un tipo de objeto: lista una vez, después observa y avisa de lo que cambió. Puede ir con retraso, y el controlador debe acertar igualmente.',
  ],
  [
    'label',
    'label',
    'etiqueta',
    'A key and a value on an object, by which others find it. It means nothing by itself: selectors give it meaning.',
    'Una clave y un valor en un objeto por los que otros lo encuentran. No significa nada por sí misma: le dan sentido los selectores.',
  ],
  [
    'lease',
    'Lease',
    'Lease',
    'A small object that its holder renews. A node’s Lease is its heartbeat, renewed every 10 s; a leader’s says who acts for all.',
    'Un objeto pequeño que su titular renueva. El Lease de un nodo es su latido, renovado cada 10 s; el de un líder dice quién actúa por todos.',
  ],
  [
    'owner-reference',
    'owner reference',
    'referencia al propietario',
    'A field that says which object another belongs to, by name and UID. When the owner goes, the garbage collector removes what it owned.',
    'Un campo que dice a qué objeto pertenece otro, por nombre y UID. Cuando el propietario se va, el recolector de basura quita lo que era suyo.',
  ],
  [
    'reconcile',
    'reconcile',
    'reconciliar',
    'One turn of a controller’s loop for one object: read, compare, act, report, and come back later when something is left to do.',
    'Una vuelta del bucle de un controlador para un objeto: leer, comparar, actuar, informar, y volver más tarde si queda algo por hacer.',
  ],
  [
    'replicaset',
    'ReplicaSet',
    'ReplicaSet',
    'An object that wants a number of Pods that match a selector. Its controller makes those that are missing, removes those too many, and adopts those without an owner.',
    'Un objeto que quiere cierto número de Pods que cumplan un selector. Su controlador crea los que faltan, quita los que sobran y adopta los que no tienen dueño.',
  ],
  [
    'selector',
    'selector',
    'selector',
    'A condition on labels that picks objects. Services and ReplicaSets find their Pods by it.',
    'Una condición sobre etiquetas que elige objetos. Los Services y ReplicaSets encuentran así sus Pods.',
  ],
  [
    'workqueue',
    'work queue',
    'cola de trabajo',
    'Where informers put the names of objects to look at. A name waits in it once however often it is added, and is never handed to two workers at a time; failures come back later and later.',
    'Donde los informers ponen los nombres de los objetos que hay que mirar. Un nombre espera una sola vez aunque se añada muchas, y nunca se da a dos trabajadores a la vez; los fallos vuelven cada vez más tarde.',
  ],
]
