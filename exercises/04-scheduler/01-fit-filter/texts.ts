/** What the checks of `fit-filter` say when they fail. Codes and reasons are Kubernetes' own and stay as they are. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'no-answer': 'Pod {pod} at {node} got no answer.',
    'no-answer-actual': 'no answer for this node',
    refused: 'Pod {pod} at {node} was refused, although nothing is in the way.',
    'let-through': 'Pod {pod} at {node} was let through: {why}.',
    'not-an-answer': 'Pod {pod} at {node}: filter answered {code}, which is no answer to "does it fit?".',
    'removing-would-not-help':
      'Pod {pod} at {node}: {why}; removing Pods would not help, so it is UnschedulableAndUnresolvable.',
    'removing-would-help': 'Pod {pod} at {node}: {why}; it would help if other Pods went away, so it is Unschedulable.',
    'no-reason': 'Pod {pod} at {node} was refused without a reason.',
    unnamed: 'Pod {pod} at {node}: no reason names {resource}, which is lacking too.',
    'claimed-wrongly': 'Pod {pod} at {node}: there is enough {resource}, but a reason says "Insufficient {resource}".',
    'not-full': 'Pod {pod} at {node}: the node may hold one Pod more, but a reason says "Too many pods".',
    'named-needlessly':
      'Pod {pod} at {node}: the reasons name every resource there is, but there is enough {resource}.',
    overlapping: '{finding} The cycles of {cycles} Pods had begun when it was asked.',

    cordoned: 'it is cordoned',
    selector: 'it has no label {label}, which nodeSelector wants',
    affinity: 'the required node affinity does not hold: {unmet}',
    'no-terms': 'it has no term',
    'empty-term': 'a term without expressions, which matches nothing',
    full: 'it holds as many Pods as it may',
    lacks: '{resource}: {asked} asked for, {free} free',
    'with-reasons': '{code}: {reasons}',

    overfilled: 'At {time} s, {pod} was bound to {node}: its Pods now ask for more {resource} than it has.',
    'overfilled-expected': 'at most {most} {resource} on {node}',
    'overfilled-actual': '{sum} for {pods}',
    forgotten: 'At {time} s, {pod} is still Pending, although it fits on {node}.',
    'forgotten-expected': '{pod} on a node that has room for it',

    'at-every-node':
      '59 containers more in a Pod cost {onMany} units of fuel at {many} nodes, but {onFew} at {few}: the request is worked out at every node.',
    'at-every-node-expected': 'about the same at {many} nodes as at {few}',
    'at-every-node-actual': '{times} times as much',
    once: 'A Pod’s request is worked out once, however many nodes there are.',
  },
  es: {
    'no-answer': 'El Pod {pod} no recibió respuesta para {node}.',
    'no-answer-actual': 'ninguna respuesta para este nodo',
    refused: 'El Pod {pod} fue rechazado en {node}, aunque nada lo impide.',
    'let-through': 'El Pod {pod} fue admitido en {node}: {why}.',
    'not-an-answer': 'El Pod {pod} en {node}: filter respondió {code}, y eso no contesta a «¿cabe?».',
    'removing-would-not-help':
      'El Pod {pod} en {node}: {why}; quitar Pods no serviría, así que es UnschedulableAndUnresolvable.',
    'removing-would-help':
      'El Pod {pod} en {node}: {why}; serviría que otros Pods se fueran, así que es Unschedulable.',
    'no-reason': 'El Pod {pod} fue rechazado en {node} sin dar una razón.',
    unnamed: 'El Pod {pod} en {node}: ninguna razón nombra {resource}, que también falta.',
    'claimed-wrongly':
      'El Pod {pod} en {node}: hay suficiente {resource}, pero una razón dice «Insufficient {resource}».',
    'not-full': 'El Pod {pod} en {node}: el nodo admite un Pod más, pero una razón dice «Too many pods».',
    'named-needlessly':
      'El Pod {pod} en {node}: las razones nombran todos los recursos que hay, pero hay suficiente {resource}.',
    overlapping: '{finding} Cuando se preguntó, ya habían empezado los ciclos de {cycles} Pods.',

    cordoned: 'está acordonado',
    selector: 'no tiene la etiqueta {label}, que nodeSelector pide',
    affinity: 'no cumple la afinidad de nodo obligatoria: {unmet}',
    'no-terms': 'no tiene ningún término',
    'empty-term': 'un término sin expresiones, que no cumple nadie',
    full: 'ya tiene todos los Pods que admite',
    lacks: '{resource}: se piden {asked}, hay libres {free}',
    'with-reasons': '{code}: {reasons}',

    overfilled: 'A los {time} s, {pod} se asignó a {node}: sus Pods piden ahora más {resource} de lo que tiene.',
    'overfilled-expected': 'como mucho {most} de {resource} en {node}',
    'overfilled-actual': '{sum} para {pods}',
    forgotten: 'A los {time} s, {pod} sigue en Pending, aunque cabe en {node}.',
    'forgotten-expected': '{pod} en un nodo con sitio para él',

    'at-every-node':
      '59 contenedores más en un Pod cuestan {onMany} unidades de combustible con {many} nodos, pero {onFew} con {few}: la petición se calcula en cada nodo.',
    'at-every-node-expected': 'más o menos lo mismo con {many} nodos que con {few}',
    'at-every-node-actual': '{times} veces más',
    once: 'La petición de un Pod se calcula una sola vez, haya los nodos que haya.',
  },
  names: {
    'a Pod fits down to the last thousandth of a CPU': 'un Pod cabe hasta la última milésima de CPU',
    'everything that is lacking is named': 'se nombra todo lo que falta',
    'Pods that have finished hold nothing': 'los Pods terminados no ocupan nada',
    'of the init containers, the largest counts': 'de los init containers cuenta el mayor',
    'wrong labels and a cordon cannot be cured by removing Pods':
      'etiquetas que no cumplen y un cordon no se remedian quitando Pods',
    'resources: the same answers as the reference': 'recursos: las mismas respuestas que la referencia',
    'labels, affinity and cordons: the same answers as the reference':
      'etiquetas, afinidad y cordons: las mismas respuestas que la referencia',
    'cycles of different Pods may overlap': 'los ciclos de distintos Pods pueden solaparse',
    'in a live cluster no node is overfilled and no Pod forgotten':
      'en un clúster vivo no se desborda ningún nodo ni se olvida ningún Pod',
    'the request of a Pod is computed once, not at every node':
      'lo que pide un Pod se calcula una vez, no en cada nodo',
  },
})
