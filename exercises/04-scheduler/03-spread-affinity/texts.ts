/** What the checks of `spread-affinity` say when they fail. Codes and label keys are Kubernetes' own and stay as they are. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'let-through': 'Pod {pod} was let onto {node}: {why}.',
    'other-code': 'Pod {pod} at {node}: {why}.',
    'no-reason': 'Pod {pod} was refused on {node} without a reason: {why}.',
    refused: 'Pod {pod} was refused on {node}, although no Pod is in the way.',
    'refused-spread': 'Pod {pod} was refused on {node}, although nothing is in the way: {counts}.',
    'no-key': 'the node does not have all the keys of its constraints ({keys}), and no eviction would change that',
    skew: '{key}: {domains}; domain {domain}, self {self}, minimum {least}, maxSkew {maxSkew}',
    unwanted: 'it wants to be apart from {other}, which is on {at}',
    unwilling: '{other} on {at} wants to be apart from it',
    someone: 'a Pod is in the way',
    supposed: '{finding} That is with these changes in thought: {changes}.',
    afterwards: '{finding} This was asked once more after questions "what if", which must change nothing.',
    overlapping: '{finding} The cycles of {cycles} Pods had begun when it was asked.',
    forgotten: 'Pod {pod} is still Pending, although it may run on {node}.',
    'at-every-node':
      'With {many} nodes a cycle costs {times} times as much as with {few}: Pods are counted again at every node.',
    about: 'about {times} times as much',
  },
  es: {
    'let-through': 'El Pod {pod} fue admitido en {node}: {why}.',
    'other-code': 'El Pod {pod} en {node}: {why}.',
    'no-reason': 'El Pod {pod} fue rechazado en {node} sin dar una razón: {why}.',
    refused: 'El Pod {pod} fue rechazado en {node}, aunque ningún Pod lo impide.',
    'refused-spread': 'El Pod {pod} fue rechazado en {node}, aunque nada lo impide: {counts}.',
    'no-key': 'al nodo le falta alguna clave de sus restricciones ({keys}), y ningún desalojo cambiaría eso',
    skew: '{key}: {domains}; dominio {domain}, propio {self}, mínimo {least}, maxSkew {maxSkew}',
    unwanted: 'quiere estar separado de {other}, que está en {at}',
    unwilling: '{other}, en {at}, quiere estar separado de él',
    someone: 'un Pod lo impide',
    supposed: '{finding} Eso es con estos cambios supuestos: {changes}.',
    afterwards: '{finding} Se preguntó otra vez después de preguntas «¿y si…?», que no deben cambiar nada.',
    overlapping: '{finding} Cuando se preguntó, ya habían empezado los ciclos de {cycles} Pods.',
    forgotten: 'El Pod {pod} sigue en Pending, aunque puede correr en {node}.',
    'at-every-node':
      'Con {many} nodos un ciclo cuesta {times} veces lo que con {few}: los Pods se cuentan otra vez en cada nodo.',
    about: 'unas {times} veces más',
  },
  names: {
    'the fuller zone waits for the emptier': 'la zona más llena espera a la más vacía',
    'a Pod that does not match its own selector adds nothing': 'un Pod que no cumple su propio selector no suma nada',
    'only like Pods on eligible nodes count': 'solo cuentan los Pods iguales en nodos elegibles',
    'with too few domains, the emptiest is still to come': 'con pocos dominios, el más vacío aún falta',
    'both sides have a say': 'opinan ambas partes',
    'whose namespace is meant': 'de quién es el namespace',
    'what if a Pod were evicted, or another came?': '¿y si se desalojara un Pod, o llegara otro?',
    'any constraints: the same answers as PodTopologySpread':
      'cualesquiera restricciones: las mismas respuestas que PodTopologySpread',
    'any terms: the same answers as InterPodAffinity':
      'cualesquiera términos: las mismas respuestas que InterPodAffinity',
    'Pods that come and go in thought: as if it were counted anew':
      'Pods que llegan y se van en suposición: como si se contara de nuevo',
    'cycles of different Pods may overlap': 'los ciclos de distintos Pods pueden solaparse',
    'in a live cluster every Pod is where it may be, and none forgotten':
      'en un clúster vivo cada Pod está donde puede y ninguno queda olvidado',
    'Pods are counted once, not at every node': 'los Pods se cuentan una vez, no en cada nodo',
  },
})
