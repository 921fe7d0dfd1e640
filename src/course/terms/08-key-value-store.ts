/** The words that the lesson “The key-value store” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'compaction',
    'compaction',
    'compactación',
    'Throwing away revisions older than a given one in etcd. Afterwards nobody can read or watch from before it; the API server answers such a watch with 410 Gone.',
    'Descartar en etcd las revisiones anteriores a una dada. Después nadie puede leer ni observar desde antes; el servidor de API responde a ese watch con 410 Gone.',
  ],
  [
    'etcd',
    'etcd',
    'etcd',
    'The key-value store that holds the cluster’s state. It keeps every revision until compaction and agrees on each write by Raft. Only the API server talks to it.',
    'El almacén de clave-valor que guarda el estado del clúster. Conserva cada revisión hasta la compactación y acuerda cada escritura con Raft. Solo el servidor de API habla con él.',
  ],
  [
    'learner',
    'learner',
    'learner (miembro que aprende)',
    'A member of etcd that copies the log and has no vote. A new member can start so, and with kubeadm does, in order not to count towards the quorum before it has caught up.',
    'Un miembro de etcd que copia el registro y no tiene voto. Un miembro nuevo puede empezar así, y con kubeadm lo hace, para no contar en el quórum antes de haberse puesto al día.',
  ],
  [
    'quorum',
    'quorum',
    'quórum',
    'More than half of the members. A write counts once a quorum has it on disk, so three members stand the loss of one, and four no more than three do.',
    'Más de la mitad de los miembros. Una escritura cuenta cuando un quórum la tiene en disco: tres miembros soportan la pérdida de uno, y cuatro no más que tres.',
  ],
  [
    'raft',
    'Raft',
    'Raft',
    'The algorithm by which etcd’s members agree on one order of writes: at most one leader per term, chosen by votes, copies its log to the others.',
    'El algoritmo con el que los miembros de etcd acuerdan un solo orden de escrituras: como mucho un líder por mandato, elegido por votos, copia su registro a los demás.',
  ],
  [
    'revision',
    'revision',
    'revisión',
    'etcd’s counter of writes. Every write gets the next number, and a key can be read as it was at any revision that is not compacted.',
    'El contador de escrituras de etcd. Cada escritura recibe el siguiente número, y una clave se puede leer como era en cualquier revisión no compactada.',
  ],
  [
    'tombstone',
    'tombstone',
    'lápida (tombstone)',
    'The mark that deleting a key appends to etcd’s history, under a revision of its own. What the key held before can be read until compaction.',
    'La marca que el borrado de una clave añade a la historia de etcd, con su propia revisión. Lo que contenía antes se puede leer hasta la compactación.',
  ],
]
