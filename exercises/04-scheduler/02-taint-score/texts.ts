/** What the checks of `taint-score` say when they fail. Codes and effects are Kubernetes' own and stay as they are. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    tolerations: 'tolerations: {list}',
    'let-through': 'Pod {pod} was let onto {node}, whose taint {taint} it does not tolerate ({tolerations}).',
    'not-for-good': 'Pod {pod} does not tolerate {taint} of {node}; no eviction would change that.',
    'no-reason': 'Pod {pod} was refused on {node} for {taint}, without a reason.',
    refused:
      'Pod {pod} was refused on {node}, although it tolerates what keeps Pods out there: {taints} ({tolerations}).',
    'refused-harmless': 'Pod {pod} was refused on {node}, although nothing there keeps Pods out: {taints}.',
    count:
      'score for Pod {pod} at {node} is how many PreferNoSchedule taints it does not tolerate: {taints} ({tolerations}).',
    normalized: 'normalizeScore gave {node} the wrong points. The counts are {counts}.',
    room: 'leastAllocated for Pod {pod} at {node}: with it there, this would be left: {left}.',
    total: 'The total of {node} is its points, normalised, times weights: {parts}.',
    'not-best': 'selectHost chose {name}, which is not the best: {scores}.',
    unfair: 'In {times} choices {name} does not come as often as its equals: {scores}.',
    about: 'about {count} each: {names}',
    elsewhere: 'Pod {pod} goes to another node than with the real plugins.',
    nowhere: 'no node',
    asked:
      'Plugin {plugin} should be asked for a score once for each of {nodes} nodes, and normalise all of them at once.',
  },
  es: {
    tolerations: 'tolerancias: {list}',
    'let-through': 'El Pod {pod} fue admitido en {node}, cuyo taint {taint} no tolera ({tolerations}).',
    'not-for-good': 'El Pod {pod} no tolera {taint} de {node}; ningún desalojo cambiaría eso.',
    'no-reason': 'El Pod {pod} fue rechazado en {node} por {taint}, sin dar una razón.',
    refused:
      'El Pod {pod} fue rechazado en {node}, aunque tolera lo que impide la entrada ahí: {taints} ({tolerations}).',
    'refused-harmless': 'El Pod {pod} fue rechazado en {node}, aunque nada impide la entrada ahí: {taints}.',
    count: 'score del Pod {pod} en {node} es cuántos taints PreferNoSchedule no tolera: {taints} ({tolerations}).',
    normalized: 'normalizeScore dio a {node} los puntos equivocados. Las cuentas son {counts}.',
    room: 'leastAllocated del Pod {pod} en {node}: con él ahí quedaría esto: {left}.',
    total: 'El total de {node} son sus puntos, normalizados, por sus pesos: {parts}.',
    'not-best': 'selectHost eligió {name}, que no es el mejor: {scores}.',
    unfair: 'En {times} elecciones {name} no sale tan a menudo como sus iguales: {scores}.',
    about: 'unas {count} cada uno: {names}',
    elsewhere: 'El Pod {pod} va a otro nodo que con los plugins reales.',
    nowhere: 'ningún nodo',
    asked:
      'Al plugin {plugin} se le debe pedir una puntuación por cada uno de los {nodes} nodos, y que los normalice todos de una vez.',
  },
  names: {
    'a taint keeps out who does not tolerate it': 'un taint impide la entrada a quien no lo tolera',
    'what a toleration leaves out is a wildcard, all but the value':
      'lo que una tolerancia calla es comodín, todo menos el valor',
    'the fewer bad taints, the better': 'cuantos menos taints malos, mejor',
    'room is what is left with the Pod there': 'el espacio es lo que queda con el Pod ahí',
    'normalise, then weigh, then add': 'normaliza, luego pondera, luego suma',
    'any taints and tolerations: the same answers as TaintToleration':
      'cualesquiera taints y tolerancias: las mismas respuestas que TaintToleration',
    'any taints: the same points as TaintToleration': 'cualesquiera taints: los mismos puntos que TaintToleration',
    'any room: the same points as NodeResourcesFit': 'cualquier espacio: los mismos puntos que NodeResourcesFit',
    'totals are the same in any order of nodes and plugins':
      'los totales son los mismos en cualquier orden de nodos y plugins',
    'equals are chosen equally often': 'los iguales se eligen por igual',
    'in a live cluster every Pod goes where the real plugins send it':
      'en un clúster vivo cada Pod va adonde lo mandan los plugins reales',
    'each plugin is asked once per node, and normalises once':
      'a cada plugin se le pregunta una vez por nodo, y normaliza una vez',
  },
})
