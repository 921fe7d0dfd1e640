/** What is said about a learner's own examples for `spread-affinity`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-node': 'name one of its nodes: {known}',
    'want-possible': 'leave it out: nodeSelector rules this node out, and nobody asks what you answer there',
    'want-new-name': 'give each a name of its own',
    'want-some': 'write one at least',
    'want-pod': 'name a Pod that is there: {known}',
    'want-values': 'write values for In and NotIn, and for no other operator',
    otherwise: 'Pod {pod} at {node} gets another answer.',
    'no-reason': 'Pod {pod} is refused at {node} without a reason.',
    'a-reason': '{code}, with a reason',
    supposed: '{finding} That is with these changes in thought: {changes}.',
    afterwards: '{finding} This was asked once more after questions "what if", which must change nothing.',
  },
  es: {
    'want-node': 'nombra uno de sus nodos: {known}',
    'want-possible': 'quítalo: nodeSelector descarta este nodo y nadie pregunta qué respondes ahí',
    'want-new-name': 'da a cada uno un nombre propio',
    'want-some': 'escribe al menos uno',
    'want-pod': 'nombra un Pod que esté ahí: {known}',
    'want-values': 'escribe values para In y NotIn, y para ningún otro operador',
    otherwise: 'El Pod {pod} recibe en {node} otra respuesta.',
    'no-reason': 'El Pod {pod} es rechazado en {node} sin una razón.',
    'a-reason': '{code}, con una razón',
    supposed: '{finding} Eso es con estos cambios supuestos: {changes}.',
    afterwards: '{finding} Se preguntó otra vez después de preguntas «¿y si…?», que no deben cambiar nada.',
  },
})
