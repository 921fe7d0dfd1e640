/** What the checks of `mvcc-store` say when they fail. Calls are code, and stay as they are. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    after: '{finding} The last change before it: {before}.',
    'no-answer': '{call} gave no answer that is an object.',
    otherwise: '{call} should have been answered otherwise.',
    'is-compacted': '{call}: this revision has been compacted, so the answer is ErrCompacted.',
    'is-future': '{call}: there is no such revision yet, so the answer is ErrFutureRev.',
    'must-refuse-all': '{call}: a Range in it cannot be read, so the answer is the error, and nothing has happened.',
    'is-no-error': '{call} was refused with {error}, although nothing is in the way.',
    revision: '{call} named another revision than the store’s newest.',
    holds: '{call}: all its conditions hold, so success is done.',
    'holds-not': '{call}: not all its conditions hold, so failure is done.',
    responses: '{call}: an operation in it should have been answered otherwise.',
    deleted: '{call} deleted another number of keys.',
    missing: '{call}: {key} is missing.',
    'missing-then': '{call}: {key} was there at that revision, and is missing.',
    odd: '{call}: {key} is not in the range, or is not there any more.',
    'odd-then': '{call}: {key} is not in the range, or was not there at that revision.',
    order: '{call}: the keys come in the order of their bytes, each once.',
    field: '{call}: the {field} of {key} is another.',
    'field-then': '{call}: at that revision the {field} of {key} was another.',
    count: '{call}: count has all keys in the range, and more says whether the limit left some out.',

    'memory-values': 'old values that were compacted',
    'memory-keys':
      'All {keys} keys were deleted, and the store compacted: reading all of the empty store still walks through them.',
    'memory-keys-expected': 'at most {most} times the fuel of a new store',
    'memory-keys-actual': '{times} times',
    'memory-copies': 'a history of 1,200 changes, none of them compacted,',
    'memory-left': 'After {steps} steps {what} take more memory than there is.',
    'memory-expected': 'at most {most} MiB',
    'memory-actual': 'the guest ran out of memory',

    'in-the-cluster': 'In a member of etcd, after {time} s: {finding}',
    'not-up': 'At {time} s the Deployment is not up: {ready} of {wanted} Pods are ready.',
    'not-up-expected': '{wanted} Pods ready',
    'ran-inside':
      'A whole cluster ran on your store: a Deployment came up, and the store came back from the log after a crash.',
  },
  es: {
    after: '{finding} El último cambio antes: {before}.',
    'no-answer': '{call} no dio una respuesta que sea un objeto.',
    otherwise: '{call} debería haber recibido otra respuesta.',
    'is-compacted': '{call}: esta revisión se compactó, así que la respuesta es ErrCompacted.',
    'is-future': '{call}: esa revisión aún no existe, así que la respuesta es ErrFutureRev.',
    'must-refuse-all':
      '{call}: un Range que contiene no puede leerse, así que la respuesta es el error y no ha pasado nada.',
    'is-no-error': '{call} fue rechazado con {error}, aunque nada lo impide.',
    revision: '{call} nombró otra revisión que la más nueva del almacén.',
    holds: '{call}: se cumplen todas sus condiciones, así que se hace success.',
    'holds-not': '{call}: no se cumplen todas sus condiciones, así que se hace failure.',
    responses: '{call}: una de sus operaciones debería haber recibido otra respuesta.',
    deleted: '{call} borró otro número de claves.',
    missing: '{call}: falta {key}.',
    'missing-then': '{call}: {key} estaba en esa revisión, y falta.',
    odd: '{call}: {key} no está en el rango, o ya no existe.',
    'odd-then': '{call}: {key} no está en el rango, o no existía en esa revisión.',
    order: '{call}: las claves vienen en el orden de sus bytes, cada una una vez.',
    field: '{call}: el campo {field} de {key} es otro.',
    'field-then': '{call}: en esa revisión el campo {field} de {key} era otro.',
    count: '{call}: count cuenta todas las claves del rango, y more dice si el límite dejó alguna fuera.',

    'memory-values': 'los valores antiguos ya compactados',
    'memory-keys':
      'Se borraron las {keys} claves y se compactó el almacén: leer todo el almacén vacío las sigue recorriendo.',
    'memory-keys-expected': 'como mucho {most} veces el combustible de un almacén nuevo',
    'memory-keys-actual': '{times} veces',
    'memory-copies': 'una historia de 1200 cambios, ninguno compactado,',
    'memory-left': 'Tras {steps} pasos, {what} ocupan más memoria de la que hay.',
    'memory-expected': 'como mucho {most} MiB',
    'memory-actual': 'al invitado se le acabó la memoria',

    'in-the-cluster': 'En un miembro de etcd, a los {time} s: {finding}',
    'not-up': 'A los {time} s el Deployment no está en marcha: {ready} de {wanted} Pods están listos.',
    'not-up-expected': '{wanted} Pods listos',
    'ran-inside':
      'Un clúster entero funcionó sobre tu almacén: un Deployment se puso en marcha y el almacén volvió del registro tras una caída.',
  },
  names: {
    'the past can be read': 'el pasado puede leerse',
    'a key that was deleted is made anew': 'una clave borrada se crea de nuevo',
    'a range ends before its end': 'un rango termina antes de su final',
    'a transaction is one revision, or none': 'una transacción es una revisión, o ninguna',
    'compaction keeps what is still the newest': 'la compactación conserva lo que sigue siendo lo más nuevo',
    'what chance seldom meets': 'lo que el azar rara vez encuentra',
    'history: as a copy of the store for each revision': 'historia: como una copia del almacén por cada revisión',
    'transactions: as a copy of the store for each revision':
      'transacciones: como una copia del almacén por cada revisión',
    'compaction: as a copy of the store for each revision':
      'compactación: como una copia del almacén por cada revisión',
    'a long history fits into memory': 'una historia larga cabe en la memoria',
    'what compaction forgets leaves memory': 'lo que la compactación olvida deja la memoria',
    'in a member of etcd: a Deployment comes up': 'en un miembro de etcd: un Deployment se pone en marcha',
  },
})
