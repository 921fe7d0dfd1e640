/** What the checks of `raft-log` say when they fail. Entries are named by index and term: 7/3. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    gap: 'Node {node} has {length} entries and writes {entry}: a log has no holes and no entry twice.',
    'leader-overwrites': 'Node {node} leads in term {term} and takes {entry} out of its own log.',
    'log-matching':
      'Node {node} writes entry {entry}. Elsewhere the entry of that index and term holds something else, or follows another.',
    'two-leaders': 'Nodes {one} and {two} both lead in term {term}.',
    'leader-lacks': 'Node {node} leads in term {term}, and its log lacks {entry}, which is committed.',
    'commit-nowhere':
      'Node {node} says that {commit} is committed; it has said {last} before, and its log has {length} entries.',
    'commit-old-term':
      'Node {node} leads in term {term} and counts {entry}, of an older term, as committed: one who lacks it can still be elected.',
    'acknowledges-nothing': 'Node {node} says that its log agrees up to {index}, and its disk has {length} entries.',
    'applied-out-of-order': 'Node {node} applies {entry} where entry {index} is due.',
    'state-machine': 'Node {node} applies another entry at index {index} than somebody before it.',
    'not-on-a-quorum': 'Node {node} applies {entry}, which is on the disks of {holders} alone: that is no quorum.',
    'read-unasked': 'Node {node} answers a read ({context}) that nobody asked for.',
    'stale-read':
      'Node {node} answers a read with index {index}; before it was asked, {least} had been answered to a client.',
    'read-unanswered': 'Node {node} leads, everybody hears it, and a read is not answered.',
    'read-alone': 'Node {node} has been cut off and others lead; it answers a read from what it has.',
    'no-leader': 'After twenty election timeouts nobody leads.',
    'a-leader': 'a leader whom all follow',
    'not-applied':
      'Nodes {nodes} have not applied, {ticks} ticks later, what node {leader} was given when all was well.',
    'applied-by-all': '{data}, applied by all',

    begins: 'After {last} it leads, and should begin its term with an entry of its own and send it to both others.',
    sends: 'After {last} it should send its new entry to both others, after the one that stands before it.',
    refused: 'After {last} it should answer false and do nothing: it does not lead.',
    takes: 'After {last} the log should be {log}.',
    agrees: 'After {last} it should answer that it agrees up to {index}.',
    rejects: 'After {last} it should refuse: it has no such entry before.',
    'reject-hint': 'After {last} its refusal should say where its log ends: {index}.',
    steps: 'After {last} it should send what fits: from the entry after {index} on.',
    'commit-is': 'After {last} the commit index should be {commit}.',
    applies: 'After {last} it should have handed out to be applied: {indexes}.',
    'reads-are': 'After {last} it should have answered these reads: {reads}.',
    follows: 'After {last} it should follow: only who leads in its term can have sent this.',
    'steps-down': 'After {last} it should follow: others are in a newer term.',
    'put-off': 'After {last} it should still follow: less than an election timeout ago a leader sent it an append.',
    'votes-behind': 'After {last} it should refuse: the candidate lacks an entry that is here.',
    'old-leader': 'After {last} it should not have moved: the message is of an older term.',
    'beat-commit':
      'After {last} a heartbeat tells a follower of commits that it is not known to have, or that are none yet.',
    'append-commit': 'After {last} an append should say what is committed: {commit}.',
    'read-taken': 'After {last} it should answer true: it leads, and the read waits.',
    'many-refusals':
      'Node {node} was away and lacked twenty entries; it had to refuse {count} appends before one fitted.',
    none: 'none',
    'not-up':
      '{dead} has died for good; at {time} s the Deployment is not up: {ready} of {wanted} Pods are ready. Of three members two are left, and one of them is yours.',
    'not-up-expected': '{wanted} Pods ready',
    'member-unknown-data':
      'In a member of etcd, after {time} s: entry {index} holds {data}, which nobody has proposed.',
    'member-misplaced':
      'In a member of etcd, after {time} s: entry {index} is to be written; the log ends at {last}, and up to {committed} it is committed.',
    'member-not-the-log':
      'In a member of etcd, after {time} s: what is handed out to be applied at {index} is not what the log has there, or not due yet.',
    'member-other-history':
      'In a member of etcd, after {time} s: at index {index} one member has applied another entry than the others.',
    'member-panics':
      'After {time} s the member on {member} panics, as etcd does where what it is told cannot be: {text}.',
    'ran-inside':
      'Your node ran in a member of etcd, beside two of ours, under a whole cluster: one of the others died, and a Deployment came up all the same.',
  },
  es: {
    gap: 'El nodo {node} tiene {length} entradas y escribe {entry}: un registro no tiene huecos ni entradas repetidas.',
    'leader-overwrites': 'El nodo {node} es líder en el mandato {term} y quita {entry} de su propio registro.',
    'log-matching':
      'El nodo {node} escribe la entrada {entry}. En otro sitio la entrada de ese índice y mandato contiene otra cosa, o sigue a otra.',
    'two-leaders': 'Los nodos {one} y {two} son ambos líderes en el mandato {term}.',
    'leader-lacks':
      'El nodo {node} es líder en el mandato {term}, y a su registro le falta {entry}, que está confirmada.',
    'commit-nowhere':
      'El nodo {node} dice que {commit} está confirmada; antes dijo {last}, y su registro tiene {length} entradas.',
    'commit-old-term':
      'El nodo {node} es líder en el mandato {term} y da por confirmada {entry}, de un mandato anterior: todavía puede ser elegido alguien a quien le falta.',
    'acknowledges-nothing':
      'El nodo {node} dice que su registro coincide hasta {index}, y su disco tiene {length} entradas.',
    'applied-out-of-order': 'El nodo {node} aplica {entry} cuando toca la entrada {index}.',
    'state-machine': 'El nodo {node} aplica en el índice {index} otra entrada que alguien antes que él.',
    'not-on-a-quorum': 'El nodo {node} aplica {entry}, que solo está en los discos de {holders}: no es un quórum.',
    'read-unasked': 'El nodo {node} responde una lectura ({context}) que nadie pidió.',
    'stale-read':
      'El nodo {node} responde una lectura con el índice {index}; antes de pedirla ya se había respondido {least} a un cliente.',
    'read-unanswered': 'El nodo {node} es líder, todos lo oyen, y una lectura queda sin respuesta.',
    'read-alone': 'El nodo {node} está aislado y otros tienen líder; responde una lectura con lo que tiene.',
    'no-leader': 'Tras veinte plazos de elección nadie es líder.',
    'a-leader': 'un líder al que todos siguen',
    'not-applied':
      'Los nodos {nodes} no han aplicado, {ticks} ticks después, lo que se dio al nodo {leader} cuando todo iba bien.',
    'applied-by-all': '{data}, aplicada por todos',

    begins: 'Tras {last} es líder, y debería empezar su mandato con una entrada propia y enviarla a los otros dos.',
    sends: 'Tras {last} debería enviar su entrada nueva a los otros dos, detrás de la que va antes.',
    refused: 'Tras {last} debería responder false y no hacer nada: no es líder.',
    takes: 'Tras {last} el registro debería ser {log}.',
    agrees: 'Tras {last} debería responder que coincide hasta {index}.',
    rejects: 'Tras {last} debería negarse: no tiene esa entrada anterior.',
    'reject-hint': 'Tras {last} su negativa debería decir dónde acaba su registro: {index}.',
    steps: 'Tras {last} debería enviar lo que encaja: desde la entrada que sigue a {index}.',
    'commit-is': 'Tras {last} el índice confirmado debería ser {commit}.',
    applies: 'Tras {last} debería haber entregado para aplicar: {indexes}.',
    'reads-are': 'Tras {last} debería haber respondido estas lecturas: {reads}.',
    follows: 'Tras {last} debería seguir: solo quien es líder en su mandato puede haber enviado esto.',
    'steps-down': 'Tras {last} debería seguir: otros están en un mandato más nuevo.',
    'put-off': 'Tras {last} aún debería seguir: hace menos que un plazo de elección un líder le envió entradas.',
    'votes-behind': 'Tras {last} debería negarse: al candidato le falta una entrada que está aquí.',
    'old-leader': 'Tras {last} no debería haberse movido: el mensaje es de un mandato anterior.',
    'beat-commit':
      'Tras {last} un latido habla a un seguidor de confirmaciones que no consta que tenga, o que aún no hay.',
    'append-commit': 'Tras {last} un append debería decir qué está confirmado: {commit}.',
    'read-taken': 'Tras {last} debería responder true: es líder, y la lectura espera.',
    'many-refusals':
      'El nodo {node} estuvo fuera y le faltaban veinte entradas; tuvo que negarse a {count} envíos antes de que uno encajara.',
    none: 'ninguna',
    'not-up':
      '{dead} murió para siempre; a los {time} s el Deployment no está listo: {ready} de {wanted} Pods están listos. De tres miembros quedan dos, y uno es el tuyo.',
    'not-up-expected': '{wanted} Pods listos',
    'member-unknown-data':
      'En un miembro de etcd, tras {time} s: la entrada {index} contiene {data}, que nadie ha propuesto.',
    'member-misplaced':
      'En un miembro de etcd, tras {time} s: se quiere escribir la entrada {index}; el registro acaba en {last}, y está confirmado hasta {committed}.',
    'member-not-the-log':
      'En un miembro de etcd, tras {time} s: lo que se entrega para aplicar en {index} no es lo que el registro tiene ahí, o aún no toca.',
    'member-other-history':
      'En un miembro de etcd, tras {time} s: en el índice {index} un miembro ha aplicado otra entrada que los demás.',
    'member-panics':
      'A los {time} s el miembro de {member} entra en pánico, como hace etcd cuando lo que le dicen no puede ser: {text}.',
    'ran-inside':
      'Tu nodo funcionó en un miembro de etcd, junto a dos de los nuestros, bajo un clúster entero: otro miembro murió y un Deployment se puso en marcha igualmente.',
  },
  names: {
    'a leader begins its term with an entry, and sends what it is given':
      'un líder empieza su mandato con una entrada y envía lo que le dan',
    'a follower takes what fits, and refuses what does not': 'un seguidor toma lo que encaja y rechaza lo que no',
    'only a real conflict cuts a log': 'solo un conflicto de verdad corta un registro',
    'a refusal moves the leader back, and what is lost is sent again':
      'una negativa hace retroceder al líder, y lo perdido se reenvía',
    'committed is what a majority has, and no earlier': 'confirmado es lo que tiene una mayoría, y no antes',
    'an old term is committed only by an entry of the leader’s own':
      'un mandato viejo solo se confirma con una entrada propia del líder',
    'a follower commits as far as it agrees with the leader': 'un seguidor confirma hasta donde coincide con el líder',
    'what is committed is applied in order, once in a life': 'lo confirmado se aplica en orden, una vez en la vida',
    'a read waits until a quorum confirms the leader': 'una lectura espera a que un quórum confirme al líder',
    'one follower, any appends: the log that the rules give':
      'un seguidor, cualquier envío: el registro que dictan las reglas',
    'whatever happens: one history, no committed entry lost, no stale read':
      'pase lo que pase: una sola historia, nada confirmado perdido, ninguna lectura vieja',
    'figure 8: an old entry on a majority is not yet committed':
      'figura 8: una entrada vieja en una mayoría aún no está confirmada',
    'a leader that is cut off answers no read': 'un líder aislado no responde ninguna lectura',
    'who was away for twenty entries catches up in a few rounds':
      'quien se perdió veinte entradas se pone al día en pocas rondas',
    'in a member of etcd: another member dies, and the cluster goes on':
      'en un miembro de etcd: otro miembro muere, y el clúster sigue',
  },
})
