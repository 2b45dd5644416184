import { create } from '../elements.ts';

/** What stands out in a sentence: `code` between backquotes, a *term* between stars. */
const MARKED = /(`[^`]+`|\*[^*]+\*)/;

/** A sentence of a lesson as nodes. */
export function textNodes(sentence: string): (Node | string)[] {
  return sentence.split(MARKED).map((part) => {
    const inner = part.slice(1, -1);
    if (part.startsWith('`')) return create('code', '', inner);
    return part.startsWith('*') ? create('strong', '', inner) : part;
  });
}

/** The same for who listens. */
export function plainText(sentence: string): string {
  return sentence
    .split(MARKED)
    .map((part) => (/^[`*]/.test(part) ? part.slice(1, -1) : part))
    .join('');
}
